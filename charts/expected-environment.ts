import type { Expected } from './common/expected-list.ts';
import type { Service } from './common/kind.ts';
import { exporterName } from './constructs/exporter.ts';
import { keepsRunning, serviceKinds, workloadKinds } from './kinds.ts';
import type { Environment, Profile } from './model.ts';
import { servicesInCluster } from './wiring.ts';

/** The namespaces of workloads that have metrics, by their kinds. */
export function namespacesWithMetrics({ projects }: Environment): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { namespace, workloads } of projects)
    for (const { kind, settings } of workloads) {
      if (!workloadKinds[kind]?.metrics?.(settings)) continue;
      const there = found[kind] ?? [];
      found[kind] = there.includes(namespace) ? there : [...there, namespace];
    }
  return found;
}

/** What an environment should have running in a profile. */
export function expectedEnvironment(environment: Environment, profile: Profile): Expected {
  const servicesOf = (services: readonly Service[]) =>
    servicesInCluster(profile, services).map(
      ({ kind, name, settings }) => `${serviceKinds[kind]?.controller(settings)}/${name}`,
    );
  const exporter = profile.monitoring.exporter ? [`Deployment/${exporterName}`] : [];
  return {
    environment: environment.namespace,
    namespaces: [
      {
        namespace: environment.namespace,
        scope: environment.name,
        workloads: [...servicesOf(environment.services), ...exporter],
      },
      ...environment.projects.map(({ namespace, name, services, workloads }) => ({
        namespace,
        scope: name,
        project: name,
        workloads: [
          ...servicesOf(services),
          ...workloads.flatMap((each) => {
            const kind = workloadKinds[each.kind];
            const isSeen = kind && (keepsRunning(kind) || kind.controller === 'CronJob');
            return isSeen ? [`${kind.controller}/${each.name}`] : [];
          }),
        ],
      })),
    ],
  };
}
