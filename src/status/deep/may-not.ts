import type { Commands } from '../rules/commands.ts';

/** The command that says whether one may do what the API server refused, by its message. */
export function mayI(message: string, run: Commands): string {
  const [, verb = 'get', resource = 'pods', subresource] =
    /cannot (\w+) resource "([\w.-]+)(?:\/([\w.-]+))?"/.exec(message) ?? [];
  return run.kubectl('auth can-i', verb, resource, ...(subresource ? [`--subresource=${subresource}`] : []));
}
