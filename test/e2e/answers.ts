/** A result of the Celery template's API. */
export interface Result {
  readonly state: string;
  readonly result: number | null;
}

export async function fetchText(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(2000) });
  return response.text();
}

export const fetchJson = async <T>(address: string): Promise<T> => JSON.parse(await fetchText(address)) as T;

export async function post(address: string): Promise<{ id: string }> {
  const response = await fetch(address, { method: 'POST', signal: AbortSignal.timeout(2000) });
  if (response.status !== 202) throw new Error(`${response.status}`);
  return (await response.json()) as { id: string };
}

/** What a worker of the Celery template makes of 1 and 2; null if it has not answered within 3 s. */
export async function sum(api: string): Promise<number | null> {
  const { id } = await post(`${api}/add?x=1&y=2`);
  for (const end = Date.now() + 3000; Date.now() < end; await soon()) {
    const { state, result } = await fetchJson<Result>(`${api}/results/${id}`);
    if (state === 'SUCCESS') return result;
  }
  return null;
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Asks every 20 ms until it is so, for a minute. An error counts as no: a program that restarts refuses connections. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await soon()) if (await isSo().catch(() => false)) return;
  throw new Error('not within 60 s');
}
