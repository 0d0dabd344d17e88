import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { PlannedNamespace, PlannedWorkload } from './plan.ts';

/** Namespaces in the order in which they are deployed: each after those that it needs, the global tier first. */
export function inOrder<Namespace extends Pick<PlannedNamespace, 'name' | 'tier' | 'needs'>>(
  namespaces: readonly Namespace[],
): Namespace[] {
  const done = new Set<Namespace>();
  const visit = (namespace: Namespace, above: readonly Namespace[]) => {
    // Projects may need each other; then any order is as good.
    if (done.has(namespace) || above.includes(namespace)) return;
    for (const each of namespaces) if (namespace.needs.includes(each.name)) visit(each, [...above, namespace]);
    done.add(namespace);
  };
  for (const each of namespaces) if (each.tier === 'global') visit(each, []);
  for (const each of namespaces) visit(each, []);
  return [...done];
}

/** Kinds whose objects run pods. */
const running = ['Cluster', 'CronJob', 'DaemonSet', 'Deployment', 'Job', 'StatefulSet'];

/** The parts of a namespace, in the order in which they are deployed. */
export const stages = ['config', 'services', 'jobs', 'workloads'] as const;
export type Stage = (typeof stages)[number];

/**
 * Tells with what an object is deployed: configuration first, then the services, the jobs that wait for nothing but these
 * (migrations), and the workloads with all that waits for them.
 */
export function stageIn(namespace: PlannedNamespace): (object: ManifestObject) => Stage {
  const controls = (planned: readonly PlannedWorkload[]) =>
    new Set(planned.map(({ controller }) => `${controller?.kind}/${controller?.name}`));
  const services = controls(namespace.services);
  const jobs = controls(earlyJobs(namespace));
  return ({ kind, metadata }) => {
    if (!running.includes(kind)) return 'config';
    const key = `${kind}/${metadata?.name}`;
    if (services.has(key)) return 'services';
    return jobs.has(key) ? 'jobs' : 'workloads';
  };
}

/** The jobs that wait for no workload of their namespace, so that all workloads can wait for them. */
export function earlyJobs({ name, workloads }: PlannedNamespace): PlannedWorkload[] {
  const byObject = new Map(workloads.map((each) => [`${name}/${each.object}`, each]));
  const isEarly = (workload: PlannedWorkload, above: readonly PlannedWorkload[]): boolean =>
    workload.controller?.kind === 'Job' &&
    workload.after.every((target) => {
      const other = byObject.get(target);
      return other === undefined || above.includes(other) || isEarly(other, [...above, workload]);
    });
  return workloads.filter((workload) => isEarly(workload, []));
}
