import { firstSeen } from '../rules/events.ts';
import type { Condition, Event, Pod, Workload } from '../rules/objects.ts';
import type { Health } from '../rules/verdict.ts';

/** A judged object. */
interface Judged {
  readonly health: Health;
  readonly pods: readonly Pod[];
  readonly workload?: Workload;
}

/** When pods began to fall back, by `namespace/name`: the first time that the kubelet said so. */
export type FirstFailures = ReadonlyMap<string, string>;

/** What the kubelet says of a container that it starts, or of an image that it pulls, again and again. */
const repeated: readonly string[] = ['BackOff', 'Failed'];

/**
 * The first event by which the kubelet said that a container of a pod does not start, or that its image can't be pulled.
 *
 * @returns instants, ISO 8601, by `namespace/name` of the pod
 */
export function firstFailures(events: readonly Event[]): FirstFailures {
  const first = new Map<string, string>();
  for (const event of events) {
    const { involvedObject: about, reason = '' } = event;
    if (about.kind !== 'Pod' || !repeated.includes(reason)) continue;
    const key = `${about.namespace}/${about.name}`;
    const at = firstSeen(event);
    const known = first.get(key);
    if (at !== '' && (known === undefined || at < known)) first.set(key, at);
  }
  return first;
}

/**
 * Since when something is not as it should be, ISO 8601, as far as Kubernetes remembers: conditions know when they changed
 * last, and a container only its last end. `undefined` of what is well, and of what nobody noted.
 */
export function sinceOf({ health, pods, workload }: Judged, failures: FirstFailures): string | undefined {
  if (health.status === 'healthy' || health.status === 'stopped') return undefined;
  if (health.since !== undefined) return health.since;
  const pod = pods.find(({ metadata }) => metadata.name === health.pod);
  return (pod && podSince(pod, health, failures)) ?? (workload && workloadSince(workload, health));
}

function podSince(pod: Pod, { reason }: Health, failures: FirstFailures): string | undefined {
  const { namespace, name, creationTimestamp, deletionTimestamp } = pod.metadata;
  if (reason === 'Terminating') return deletionTimestamp;
  const scheduled = transition(pod.status?.conditions, 'PodScheduled', 'False');
  if (scheduled !== undefined) return scheduled;
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status !== 'True');
  const unready = ready?.lastTransitionTime ?? undefined;
  // Between two crashes it may have been ready for a moment: what the kubelet said first is older.
  const failed = reason === 'Unhealthy' ? undefined : failures.get(`${namespace}/${name}`);
  const known = [unready, failed].filter((each) => each !== undefined).sort()[0];
  return known ?? (reason === 'Flapping' ? undefined : (pod.status?.startTime ?? creationTimestamp));
}

/** The conditions of workloads that something is wrong by, and what they say then. */
const conditions: readonly (readonly [string, string])[] = [
  ['Failed', 'True'],
  ['ReplicaFailure', 'True'],
  ['Progressing', 'False'],
  ['Available', 'False'],
];

function workloadSince(workload: Workload, { reason }: Health): string | undefined {
  const { metadata, status } = workload;
  if (reason === 'Terminating') return metadata.deletionTimestamp;
  if (status && 'conditions' in status)
    for (const [type, holds] of conditions) {
      const at = transition(status.conditions, type, holds);
      if (at !== undefined) return at;
    }
  if (workload.kind === 'CronJob') return undefined;
  return metadata.changedAt ?? ((metadata.generation ?? 1) <= 1 ? metadata.creationTimestamp : undefined);
}

const transition = (all: readonly Condition[] | undefined, type: string, holds: string): string | undefined =>
  all?.find((each) => each.type === type && each.status === holds)?.lastTransitionTime ?? undefined;
