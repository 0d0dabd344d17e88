import { labelKeys } from '../../../charts/common/labels.ts';
import { resourcePath } from '../../cluster/resources.ts';
import * as records from './records.ts';

/** What is read of a cluster: the objects of a kind, those that a selector finds. */
export interface Source {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Parameters of its lists and watches. */
  readonly parameters: Readonly<Record<string, string>>;
  /** An object as the report keeps it. */
  readonly record: (object: never) => { readonly metadata: records.Namespace['metadata'] };
}

/** What a pod that a controller made always has one of. */
const controlledLabels = ['pod-template-hash', 'controller-revision-hash', 'batch.kubernetes.io/job-name', 'job-name'];

const source = <Record extends { readonly metadata: records.Namespace['metadata'] }>(
  [apiVersion, plural]: readonly [string, string],
  record: (object: Record) => Record,
  parameters: Readonly<{ labelSelector?: string; fieldSelector?: string }> = {},
  namespaced = true,
): Source => ({
  apiVersion,
  plural,
  namespaced,
  parameters: parameters as Readonly<globalThis.Record<string, string>>,
  record,
});

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
    namespaces: source(['v1', 'namespaces'], records.namespaceRecord, { labelSelector: own }, false),
    nodes: source(['v1', 'nodes'], records.nodeRecord, {}, false),
    pods: source(['v1', 'pods'], records.podRecord, { labelSelector: own }),
    loosePods: source(['v1', 'pods'], records.loosePodRecord, { labelSelector: loose }),
    claims: source(['v1', 'persistentvolumeclaims'], records.claimRecord, { labelSelector: own }),
    endpointSlices: source(['discovery.k8s.io/v1', 'endpointslices'], records.endpointSliceRecord, {
      labelSelector: own,
    }),
    deployments: source(['apps/v1', 'deployments'], records.deploymentRecord),
    statefulSets: source(['apps/v1', 'statefulsets'], records.statefulSetRecord),
    daemonSets: source(['apps/v1', 'daemonsets'], records.daemonSetRecord),
    jobs: source(['batch/v1', 'jobs'], records.jobRecord),
    cronJobs: source(['batch/v1', 'cronjobs'], records.cronJobRecord),
    events: source(['v1', 'events'], records.eventRecord, { fieldSelector: 'type!=Normal' }),
  } satisfies Record<string, Source>;
}

export type SourceName = keyof ReturnType<typeof sources>;

/** The path of a source's objects, of all namespaces or of one. */
export const sourcePath = ({ apiVersion, plural, namespaced }: Source, namespace?: string): string =>
  resourcePath(apiVersion, { plural, namespaced }, namespace);
