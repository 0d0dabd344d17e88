import { apiVersions } from '../../../charts/common/api-versions.ts';
import { labelKeys } from '../../../charts/common/labels.ts';
import { resourcePath } from '../../cluster/resources.ts';
import * as records from './records.ts';

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
  /** An object as the report keeps it. */
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
  record: (object: Record) => Record,
  parameters: Readonly<{ labelSelector?: string; fieldSelector?: string }> = {},
  { namespaced = true, ...where }: Where = {},
): Source => ({
  apiVersion,
  plural,
  namespaced,
  ...where,
  parameters: parameters as Readonly<globalThis.Record<string, string>>,
  record,
});

/** Where the cluster's own parts are. */
const system = 'kube-system';

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
      records.namespaceRecord,
      { labelSelector: own },
      { namespaced: false },
    ),
    nodes: source([apiVersions.Node, 'nodes'], records.nodeRecord, {}, { namespaced: false }),
    pods: source([apiVersions.Pod, 'pods'], records.podRecord, { labelSelector: own }),
    loosePods: source([apiVersions.Pod, 'pods'], records.loosePodRecord, { labelSelector: loose }),
    claims: source([apiVersions.PersistentVolumeClaim, 'persistentvolumeclaims'], records.claimRecord, {
      labelSelector: own,
    }),
    endpointSlices: source([apiVersions.EndpointSlice, 'endpointslices'], records.endpointSliceRecord, {
      labelSelector: own,
    }),
    deployments: source(
      [apiVersions.Deployment, 'deployments'],
      records.deploymentRecord,
      {},
      { kind: 'Deployment', managed: true },
    ),
    statefulSets: source(
      [apiVersions.StatefulSet, 'statefulsets'],
      records.statefulSetRecord,
      {},
      { kind: 'StatefulSet', managed: true },
    ),
    daemonSets: source(
      [apiVersions.DaemonSet, 'daemonsets'],
      records.daemonSetRecord,
      {},
      { kind: 'DaemonSet', managed: true },
    ),
    jobs: source([apiVersions.Job, 'jobs'], records.jobRecord, {}, { kind: 'Job' }),
    cronJobs: source([apiVersions.CronJob, 'cronjobs'], records.cronJobRecord, {}, { kind: 'CronJob', managed: true }),
    events: source([apiVersions.Event, 'events'], records.eventRecord, { fieldSelector: 'type!=Normal' }),
    // That a claim gets no volume is no warning.
    claimEvents: source([apiVersions.Event, 'events'], records.eventRecord, {
      fieldSelector: 'type=Normal,involvedObject.kind=PersistentVolumeClaim',
    }),
    // What was done, and what recovered: only asked for when it is to be told what happened.
    normalEvents: source([apiVersions.Event, 'events'], records.eventRecord, { fieldSelector: 'type=Normal' }),
    storageClasses: source(
      [apiVersions.StorageClass, 'storageclasses'],
      records.storageClassRecord,
      {},
      { namespaced: false },
    ),
    systemPods: source([apiVersions.Pod, 'pods'], records.podRecord, {}, { namespace: system }),
    leases: source([apiVersions.Lease, 'leases'], records.leaseRecord, {}, { namespace: system }),
  } satisfies Record<string, Source>;
}

/** Sources that are only read when something is not healthy: they say why. */
export const explaining = ['events', 'claimEvents', 'storageClasses', 'systemPods', 'leases'] as const;

/** Those of them that say why a claim has no volume. */
export const aboutClaims: readonly SourceName[] = ['claimEvents', 'storageClasses'];

/** Whether a source is only read when what happened is asked for. */
export const isTelling = (name: SourceName): boolean => name === 'normalEvents';

export type SourceName = keyof ReturnType<typeof sources>;

/** The path of a source's objects, of all namespaces or of one. */
export const sourcePath = (
  { apiVersion, plural, namespaced, namespace: only }: Source,
  namespace: string | undefined = only,
): string => resourcePath(apiVersion, { plural, namespaced }, namespace);
