import type { DeepFinding } from '../deep/finding.ts';
import type { Refusal } from '../rules/absent.ts';
import type {
  EndpointSlice,
  Event,
  Lease,
  Node,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  Workload,
} from '../rules/objects.ts';
import type { Kept } from './read-list.ts';
import type { Namespace } from './records.ts';
import type { SourceName } from './sources.ts';

/** The objects that were read of a cluster at one time. */
export interface Snapshot {
  /** Those that carry the environment's labels, or that were asked for by name. */
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  /** Those that carry the labels. */
  readonly pods: readonly Pod[];
  /** Those of anybody that no controller made. */
  readonly loosePods: readonly Pod[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** What the Services that carry the labels lead to. */
  readonly slices: readonly EndpointSlice[];
  /** Warnings, with what happened also normal ones; empty if nobody needs them. */
  readonly events: readonly Event[];
  /** Of the cluster; empty if nobody needs them. */
  readonly storageClasses?: readonly StorageClass[];
  /** Those of kube-system; empty if nobody needs them. */
  readonly systemPods?: readonly Pod[];
  readonly leases?: readonly Lease[];
  /** The last line that containers wrote, by `namespace/pod/container`. @default not read */
  readonly lastLines?: ReadonlyMap<string, string>;
  /** Of anybody. */
  readonly workloads: readonly Workload[];
  /** What services said when they were asked in their own protocols. @default nobody was asked */
  readonly findings?: readonly DeepFinding[];
  /** The lists that failed. */
  readonly refusals: readonly Refusal[];
  /** Whether pods or workloads could be read anywhere. */
  readonly readAnything: boolean;
  /** The API server's clock. */
  readonly now: Date;
}

/** The sources without which nothing can be said. */
export const essential: readonly SourceName[] = ['pods', 'deployments', 'statefulSets'];

/** The records of all sources as one snapshot. */
export function snapshotOf(
  items: (name: SourceName) => readonly Kept[],
  rest: Pick<Snapshot, 'refusals' | 'readAnything' | 'now'>,
): Snapshot {
  const workloads = (
    ['databaseClusters', 'deployments', 'statefulSets', 'daemonSets', 'jobs', 'cronJobs'] as const
  ).flatMap((name) => items(name) as readonly Workload[]);
  return {
    namespaces: items('namespaces'),
    nodes: items('nodes'),
    pods: items('pods') as readonly Pod[],
    loosePods: items('loosePods') as readonly Pod[],
    claims: items('claims') as readonly PersistentVolumeClaim[],
    slices: items('endpointSlices') as readonly EndpointSlice[],
    // One that doesn't say what it is about says nothing.
    events: eventsIn(items).filter(({ involvedObject }) => involvedObject),
    storageClasses: items('storageClasses') as readonly StorageClass[],
    systemPods: items('systemPods') as readonly Pod[],
    leases: items('leases') as readonly Lease[],
    workloads,
    ...rest,
  };
}

/** Warnings, and what normal ones were read: those of claims are among all. */
function eventsIn(items: (name: SourceName) => readonly Kept[]): Event[] {
  const normal = items('normalEvents');
  return [...items('events'), ...(normal.length > 0 ? normal : items('claimEvents'))] as unknown as Event[];
}

/** How far another clock may be off before it counts: a Date header tells whole seconds, and answers take a while. */
const toleranceMilliseconds = 2000;

/** Milliseconds by which the API server's clock is ahead of this machine's. */
export function clockSkew(date: Date | undefined, received: Date): number {
  const skew = date ? date.getTime() - received.getTime() : 0;
  return Math.abs(skew) > toleranceMilliseconds ? skew : 0;
}
