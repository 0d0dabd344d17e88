import { apiVersions } from '../../../charts/common/api-versions.ts';
import { labelKeys } from '../../../charts/common/labels.ts';
import { resourcePath } from '../../cluster/resources.ts';
import * as podShapes from './pod-shapes.ts';
import * as records from './records.ts';
import type { Shape } from './shape.ts';
import * as shapes from './shapes.ts';

/** What is read of a cluster: the objects of a kind, those that a selector finds. */
export interface Source {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Whether it is wanted who changed an object, and when. @default false */
  readonly managed?: boolean;
  /** Of the objects, which a list leaves out of them. */
  readonly kind?: string;
  /** The only one that is read. @default all */
  readonly namespace?: string;
  /** Parameters of its lists and watches. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The types of the fields that are read of an object. */
  readonly shape: Shape;
  /** An object that has this shape, as the report keeps it. */
  readonly record: (object: never) => { readonly metadata: records.Namespace['metadata'] };
}

/** What a pod that a controller made always has one of. */
const controlledLabels = ['pod-template-hash', 'controller-revision-hash', 'batch.kubernetes.io/job-name', 'job-name'];

interface Where {
  /** @default true */
  readonly namespaced?: boolean;
  readonly namespace?: string;
  readonly kind?: string;
  /** Of what is wanted when it was changed last. */
  readonly managed?: boolean;
}

const source = <Record extends { readonly metadata: records.Namespace['metadata'] }>(
  [apiVersion, plural]: readonly [string, string],
  { shape, record }: { readonly shape: Shape; readonly record: (object: Record) => Record },
  parameters: Readonly<{ labelSelector?: string; fieldSelector?: string }> = {},
  { namespaced = true, ...where }: Where = {},
): Source => ({
  apiVersion,
  plural,
  namespaced,
  ...where,
  parameters: parameters as Readonly<globalThis.Record<string, string>>,
  shape,
  record,
});

/** Where the cluster's own parts are. */
const system = 'kube-system';

/** What is read of the objects of a kind. */
const reads = {
  namespace: { shape: shapes.namespace, record: records.namespaceRecord },
  node: { shape: shapes.node, record: records.nodeRecord },
  pod: { shape: podShapes.pod, record: records.podRecord },
  loosePod: { shape: podShapes.loosePod, record: records.loosePodRecord },
  claim: { shape: shapes.claim, record: records.claimRecord },
  endpointSlice: { shape: shapes.endpointSlice, record: records.endpointSliceRecord },
  deployment: { shape: shapes.deployment, record: records.deploymentRecord },
  databaseCluster: { shape: shapes.databaseCluster, record: records.databaseClusterRecord },
  statefulSet: { shape: shapes.statefulSet, record: records.statefulSetRecord },
  daemonSet: { shape: shapes.daemonSet, record: records.daemonSetRecord },
  job: { shape: shapes.job, record: records.jobRecord },
  cronJob: { shape: shapes.cronJob, record: records.cronJobRecord },
  event: { shape: shapes.event, record: records.eventRecord },
  storageClass: { shape: shapes.storageClass, record: records.storageClassRecord },
  lease: { shape: shapes.lease, record: records.leaseRecord },
};

/**
 * All that a report is made of: one list each, for any number of namespaces. The workloads are read whether they are
 * repoctl's or not, since foreign ones are told, too; of pods the API gives only ours, and those that nothing controls.
 *
 * @param environment only what is part of this one; all environments without it
 */
export function sources(environment?: string) {
  const own = environment === undefined ? labelKeys.tier : `${labelKeys.tier},${labelKeys.partOf}=${environment}`;
  const loose = [labelKeys.tier, ...controlledLabels].map((key) => `!${key}`).join(',');
  return {
    namespaces: source(
      [apiVersions.Namespace, 'namespaces'],
      reads.namespace,
      { labelSelector: own },
      { namespaced: false },
    ),
    nodes: source([apiVersions.Node, 'nodes'], reads.node, {}, { namespaced: false }),
    pods: source([apiVersions.Pod, 'pods'], reads.pod, { labelSelector: own }),
    loosePods: source([apiVersions.Pod, 'pods'], reads.loosePod, { labelSelector: loose }),
    claims: source([apiVersions.PersistentVolumeClaim, 'persistentvolumeclaims'], reads.claim, {
      labelSelector: own,
    }),
    endpointSlices: source([apiVersions.EndpointSlice, 'endpointslices'], reads.endpointSlice, {
      labelSelector: own,
    }),
    deployments: source(
      [apiVersions.Deployment, 'deployments'],
      reads.deployment,
      {},
      { kind: 'Deployment', managed: true },
    ),
    statefulSets: source(
      [apiVersions.StatefulSet, 'statefulsets'],
      reads.statefulSet,
      {},
      { kind: 'StatefulSet', managed: true },
    ),
    databaseClusters: source(
      [apiVersions.Cluster, 'clusters'],
      reads.databaseCluster,
      { labelSelector: own },
      { kind: 'Cluster', managed: true },
    ),
    daemonSets: source(
      [apiVersions.DaemonSet, 'daemonsets'],
      reads.daemonSet,
      {},
      { kind: 'DaemonSet', managed: true },
    ),
    jobs: source([apiVersions.Job, 'jobs'], reads.job, {}, { kind: 'Job' }),
    cronJobs: source([apiVersions.CronJob, 'cronjobs'], reads.cronJob, {}, { kind: 'CronJob', managed: true }),
    events: source([apiVersions.Event, 'events'], reads.event, { fieldSelector: 'type!=Normal' }),
    // That a claim gets no volume is no warning.
    claimEvents: source([apiVersions.Event, 'events'], reads.event, {
      fieldSelector: 'type=Normal,involvedObject.kind=PersistentVolumeClaim',
    }),
    // What was done, and what recovered: only asked for when it is to be told what happened.
    normalEvents: source([apiVersions.Event, 'events'], reads.event, { fieldSelector: 'type=Normal' }),
    storageClasses: source([apiVersions.StorageClass, 'storageclasses'], reads.storageClass, {}, { namespaced: false }),
    systemPods: source([apiVersions.Pod, 'pods'], reads.pod, {}, { namespace: system }),
    leases: source([apiVersions.Lease, 'leases'], reads.lease, {}, { namespace: system }),
  } satisfies Record<string, Source>;
}

/** Sources that are only read when something is not healthy: they say why. */
export const explaining = ['events', 'claimEvents', 'storageClasses', 'systemPods', 'leases'] as const;

/** Those of them that say why a claim has no volume. */
export const aboutClaims: readonly SourceName[] = ['claimEvents', 'storageClasses'];

/** Whether a source is only read where something of it is expected: of kinds that few clusters know. */
export const isExpected = (
  name: SourceName,
  { databaseClusters = false }: { readonly databaseClusters?: boolean },
): boolean => name !== 'databaseClusters' || databaseClusters;

/** Whether a source is only read when what happened is asked for. */
export const isTelling = (name: SourceName): boolean => name === 'normalEvents';

export type SourceName = keyof ReturnType<typeof sources>;

/** The path of a source's objects, of all namespaces or of one. */
export const sourcePath = (
  { apiVersion, plural, namespaced, namespace: only }: Source,
  namespace: string | undefined = only,
): string => resourcePath(apiVersion, { plural, namespaced }, namespace);
