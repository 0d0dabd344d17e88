export { ApiError, type ListOptions, listMonitors, listRaces } from './client.ts';
export type { Monitor, Race } from './types.ts';
