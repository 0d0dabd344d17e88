import type { Monitor, Race } from './types.ts';

/** An API that can't be reached, or answers with something else than a list. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

export interface ListOptions {
  /** Ends the request. @default after 3 s */
  readonly signal?: AbortSignal;
}

/**
 * The races with the latest off times, the latest first; a hundred at most.
 *
 * @param baseUrl of the API, as a path for a browser or with a host: `/api`, `http://turfoo-api.turfoo.svc:8000`
 * @throws ApiError
 */
export const listRaces = (baseUrl: string, options?: ListOptions): Promise<Race[]> =>
  list<Race>(baseUrl, 'races', options);

/**
 * The URLs that are watched, by their ids; a hundred at most.
 *
 * @param baseUrl as that of listRaces
 * @throws ApiError
 */
export const listMonitors = (baseUrl: string, options?: ListOptions): Promise<Monitor[]> =>
  list<Monitor>(baseUrl, 'monitors', options);

async function list<Item>(baseUrl: string, name: string, options: ListOptions = {}): Promise<Item[]> {
  const url = `${baseUrl.replace(/\/+$/, '')}/${name}`;
  const { signal = AbortSignal.timeout(3000) } = options;
  const response = await fetch(url, { cache: 'no-store', signal }).catch((cause: unknown) => {
    throw new ApiError(`${name}: the API can't be reached`, { cause });
  });
  if (!response.ok) throw new ApiError(`${name}: the API answered with status ${response.status}`);
  const body = (await response.json().catch(() => undefined)) as Readonly<Record<string, unknown>> | null | undefined;
  const items = body?.[name];
  if (!Array.isArray(items)) throw new ApiError(`${name}: expected JSON with a list "${name}"`);
  return items as Item[];
}
