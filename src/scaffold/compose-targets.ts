import { objectName, serviceHost } from '../../charts/common/names.ts';
import { globalKinds, serviceKinds } from '../../charts/kinds.ts';
import type { ComposeService, ProjectPart } from './compose-file.ts';
import type { BackingServices } from './compose-services.ts';
import type { Target } from './compose-variables.ts';
import type { DeclaredService } from './project-data.ts';
import { asName } from './project-name.ts';

/** What services that aren't built have become, by their names in the compose file. */
export function backingTargets(
  declared: readonly DeclaredService[],
  { names }: BackingServices,
  all: readonly ComposeService[],
): [string, Target][] {
  return [...names].flatMap(([given, name]): [string, Target][] => {
    const { service, connection } = declared.find((each) => each.service.name === name) ?? {};
    if (!service) return [];
    const before = all.find((each) => each.name === given)?.environment ?? {};
    const host = serviceHost(service.object, service.namespace);
    // For the other kinds there is nothing but the host.
    const { compose } = serviceKinds[service.kind] ?? globalKinds[service.kind] ?? {};
    return [[given, { host, ...compose?.client?.(service, connection, before) }]];
  });
}

/** What services that are built have become, in this project and in the others. */
export const workloadTargets = (parts: readonly ProjectPart[]): [string, Target][] =>
  parts.flatMap(({ name: project, builds }) =>
    builds.map(({ name }): [string, Target] => [
      name,
      { host: serviceHost(objectName(project, asName(name)), project) },
    ]),
  );
