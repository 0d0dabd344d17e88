import type { ServiceKind, WorkloadKind } from '../../charts/common/kind.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment } from '../../charts/model.ts';
import { registryPort } from '../kind-cluster/registry-files.ts';
import { tiltPort } from '../tilt/port.ts';
import type { WantedPort } from './machine-facts.ts';

/** What the port is for where Tilt serves its page. */
export const tiltsOwn = 'Tilt';

/** The ports that are wanted in any case. */
export const ownPorts = (env?: NodeJS.ProcessEnv): WantedPort[] => [
  { port: registryPort, what: 'the local registry' },
  { port: tiltPort(env), what: tiltsOwn },
];

/** The ports of the developer's machine that services and workloads are given. */
export function hostPorts(environment: Environment): WantedPort[] {
  const { portOffset } = environment.profiles.local;
  const listed = (
    owner: string,
    each: { readonly name: string; readonly kind: string; readonly settings: unknown },
    kinds: Readonly<Record<string, Pick<ServiceKind, 'ports'> | Pick<WorkloadKind, 'ports'>>>,
  ) =>
    (kinds[each.kind]?.ports(each.settings) ?? []).flatMap(({ hostPort }) =>
      hostPort === undefined ? [] : [{ port: hostPort + portOffset, what: `${owner}/${each.name}` }],
    );
  return [
    ...environment.services.flatMap((service) => listed(environment.name, service, serviceKinds)),
    ...environment.projects.flatMap((project) => [
      ...project.services.flatMap((service) => listed(project.name, service, serviceKinds)),
      ...project.workloads.flatMap((workload) => listed(project.name, workload, workloadKinds)),
    ]),
  ];
}
