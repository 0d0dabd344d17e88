import type { Item } from '../assessment/judge.ts';
import type { Pod, Workload } from '../rules/objects.ts';
import type { CountedJob } from '../snapshot/records.ts';
import type { ServiceReport } from './report.ts';

type Counts = Pick<ServiceReport, 'ready' | 'wanted'>;

const counts: { readonly [Kind in Workload['kind']]: (workload: Workload & { kind: Kind }) => Counts } = {
  Cluster: ({ spec, status }) => ({ ready: status?.readyInstances ?? 0, wanted: spec.instances ?? 1 }),
  Deployment: ({ spec, status }) => ({ ready: status?.readyReplicas ?? 0, wanted: spec.replicas ?? 1 }),
  StatefulSet: ({ spec, status }) => ({ ready: status?.readyReplicas ?? 0, wanted: spec.replicas ?? 1 }),
  DaemonSet: ({ status }) => ({ ready: status?.numberAvailable ?? 0, wanted: status?.desiredNumberScheduled ?? 0 }),
  Job: ({ spec, status }) => ({ ready: status?.succeeded ?? 0, wanted: (spec as CountedJob['spec']).completions ?? 1 }),
  CronJob: () => ({}),
};

/** How many there are of a workload, and how many there should be. */
export const countsOf = (workload: Workload): Counts =>
  (counts[workload.kind] as (workload: Workload) => Counts)(workload);

/** What a report says of a service beside its health. */
export function factsOf({
  workload,
  pods,
}: Item): Omit<ServiceReport, 'namespace' | 'name' | 'object' | 'kind' | 'health'> {
  return {
    ...(workload && countsOf(workload)),
    restarts: pods.reduce((sum, pod) => sum + restartsOf(pod), 0),
    createdAt: workload?.metadata.creationTimestamp,
    readySince: pods
      .flatMap((pod) => readySince(pod) ?? [])
      .sort()
      .at(-1),
  };
}

const restartsOf = ({ status }: Pod): number =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].reduce(
    (sum, { restartCount = 0 }) => sum + restartCount,
    0,
  );

const readySince = ({ status }: Pod): string | undefined =>
  status?.conditions?.find((each) => each.type === 'Ready' && each.status === 'True')?.lastTransitionTime ?? undefined;
