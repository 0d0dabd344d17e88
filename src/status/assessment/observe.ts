import { labelKeys } from '../../../charts/common/labels.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { Cluster } from '../../cluster/client.ts';
import type { Event, Node, PersistentVolumeClaim, Pod, Workload } from '../rules/objects.ts';

/** What the cluster has of an environment. */
export interface Observed {
  /** Names of its namespaces. */
  readonly namespaces: readonly string[];
  readonly nodes: readonly Node[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** What went wrong in any namespace lately. */
  readonly events: readonly Event[];
}

const workloadKinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
] as const;

/** Reads an environment; the number of requests does not grow with the number of its namespaces. */
export async function observe(cluster: Cluster, environment: string): Promise<Observed> {
  // Tilt puts its own name into `managed-by`.
  const labels = { [labelKeys.partOf]: environment };
  const [namespaces, nodes, pods, claims, events, ...workloads] = await Promise.all([
    cluster.list<ManifestObject>('v1', 'Namespace', { labels }),
    cluster.list<Node>('v1', 'Node'),
    cluster.list<Pod>('v1', 'Pod', { labels }),
    cluster.list<PersistentVolumeClaim>('v1', 'PersistentVolumeClaim', { labels }),
    cluster.list<Event>('v1', 'Event', { fields: { type: 'Warning' } }),
    ...workloadKinds.map(async ([apiVersion, kind]) =>
      // A list leaves the kind of its items out.
      (await cluster.list<Workload>(apiVersion, kind, { labels })).map((item) => ({ ...item, kind }) as Workload),
    ),
  ]);
  return {
    namespaces: own(namespaces).map(({ metadata }) => metadata?.name ?? ''),
    nodes,
    pods: own(pods),
    claims: own(claims),
    events,
    workloads: own(workloads.flat()),
  };
}

interface Labelled {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

const own = <T extends Labelled>(items: readonly T[]): T[] =>
  items.filter(({ metadata }) => metadata?.labels?.[labelKeys.tier] !== undefined);
