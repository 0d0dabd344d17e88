import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment } from '../../charts/model.ts';

/** The ports of the developer's machine that the configuration gives to services and workloads. */
export function takenHostPorts(environment: Environment): Set<number> {
  const entries = [
    ...environment.services.map(({ kind, settings }) => serviceKinds[kind]?.ports(settings)),
    ...environment.projects.flatMap(({ services, workloads }) => [
      ...services.map(({ kind, settings }) => serviceKinds[kind]?.ports(settings)),
      ...workloads.map(({ kind, settings }) => workloadKinds[kind]?.ports(settings)),
    ]),
  ];
  return new Set(entries.flatMap((ports) => ports ?? []).flatMap(({ hostPort }) => hostPort ?? []));
}

/** The numbers of the Redis databases that projects have. */
export const takenDatabases = (environment: Environment): Set<number> =>
  new Set(environment.projects.flatMap(({ uses }) => (uses.redis as { database: number } | undefined)?.database ?? []));

/**
 * The first number from `wanted` on that isn't taken; it is taken then. Host ports start again at 1024 after the last.
 *
 * @param taken is added to
 */
export function takeFree(taken: Set<number>, wanted: number): number {
  let free = wanted;
  while (taken.has(free)) free = free === 65535 ? 1024 : free + 1;
  taken.add(free);
  return free;
}
