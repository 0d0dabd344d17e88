import { typeMeta } from './common/api-versions.ts';
import type { Service, Workload } from './common/kind.ts';
import { namespaceLabels } from './common/labels.ts';
import type { SecurityException } from './common/security.ts';
import type { Environment, Profile, Project } from './model.ts';
import { ownerOf, servicesInCluster } from './wiring.ts';

/** A service or a workload with an exception from Pod Security `restricted`. */
export interface ExceptionalPods {
  readonly field: 'services' | 'workloads';
  readonly name: string;
  readonly object: string;
  readonly exception: SecurityException;
}

/** The exception of a service or workload. */
export const exceptionOf = ({ settings }: Service | Workload): SecurityException | undefined =>
  (settings as { readonly security?: SecurityException }).security;

/** The namespace of a project, or of the global tier; it enforces the level of Pod Security that its pods need. */
export function namespaceObject(environment: Environment, profile: Profile, project?: Project) {
  const level = securityExceptions(environment, profile, project)[0]?.exception.level ?? 'restricted';
  const labels = namespaceLabels(ownerOf(environment, project), profile, level);
  return { ...typeMeta('Namespace'), metadata: { name: (project ?? environment).namespace, labels } };
}

/** What has an exception from Pod Security in a namespace: of the global tier without a project. */
export function securityExceptions(environment: Environment, profile: Profile, project?: Project): ExceptionalPods[] {
  const { services } = project ?? environment;
  const of = (field: ExceptionalPods['field'], each: Service | Workload): ExceptionalPods[] => {
    const exception = exceptionOf(each);
    return exception ? [{ field, name: each.name, object: each.object, exception }] : [];
  };
  return [
    ...servicesInCluster(profile, services).flatMap((each) => of('services', each)),
    ...(project?.workloads ?? []).flatMap((each) => of('workloads', each)),
  ];
}
