import { ApiError, listMonitors, listRaces } from '@monorepo/api-client';

/** A variable of the pod. Next would put the value that a name in the code has during the build in its place. */
const variable = (name: string): string | undefined => process.env[name];

function required(name: string): string {
  const value = variable(name);
  if (!value) throw new ApiError(`${name} is not set`);
  return value;
}

/** The APIs as this server reaches them, by what they list. */
export const apis = {
  races: async () => listRaces(required('TURFOO_API_URL')),
  monitors: async () => listMonitors(required('STATUS_API_URL')),
};

/**
 * Where browsers find `/races` and `/monitors`: this server's own routes, unless NEXT_PUBLIC_API_BASE_URL names a gateway.
 * It is read when a page is asked for, so that one image serves every environment.
 */
export const apiOfBrowsers = (): string => variable('NEXT_PUBLIC_API_BASE_URL') || '/api';

/** Passes a list on to a browser: nothing of the APIs but these lists is reached from outside. */
export async function passOn(name: keyof typeof apis): Promise<Response> {
  try {
    return Response.json({ [name]: await apis[name]() }, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The cause may name hosts, so it goes to the log only.
    console.error(error.message, error.cause ?? '');
    return Response.json({ title: error.message }, { status: 502 });
  }
}
