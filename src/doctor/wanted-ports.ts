import type { ServiceKind, WorkloadKind } from '../../charts/common/kind.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment } from '../config/model.ts';
import { registryPort } from '../kind/registry-files.ts';
import type { WantedPort } from './facts.ts';

/** Where Tilt serves its page. */
export const tiltPort = 10350;

/** The ports that are wanted in any case. */
export const ownPorts: readonly WantedPort[] = [
  { port: registryPort, what: 'the local registry' },
  { port: tiltPort, what: 'Tilt' },
];

/** The ports of the developer's machine that services and workloads are given. */
export function hostPorts(environment: Environment): WantedPort[] {
  const listed = (
    owner: string,
    each: { readonly name: string; readonly kind: string; readonly settings: unknown },
    kinds: Readonly<Record<string, Pick<ServiceKind, 'ports'> | Pick<WorkloadKind, 'ports'>>>,
  ) =>
    (kinds[each.kind]?.ports(each.settings) ?? []).flatMap(({ hostPort }) =>
      hostPort === undefined ? [] : [{ port: hostPort, what: `${owner}/${each.name}` }],
    );
  return [
    ...environment.services.flatMap((service) => listed(environment.name, service, globalKinds)),
    ...environment.projects.flatMap((project) => [
      ...project.services.flatMap((service) => listed(project.name, service, serviceKinds)),
      ...project.workloads.flatMap((workload) => listed(project.name, workload, workloadKinds)),
    ]),
  ];
}
