import { isDeepStrictEqual } from 'node:util';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { imagesAnnotation } from './manifests.ts';

/** How an object that is there comes to be as it is wanted. */
export type Way =
  /** It is changed. */
  | 'apply'
  /** It stays as it is: its work is done. */
  | 'leave'
  /** It is deleted with what it owns, and made again. */
  | 'replace'
  /** It is deleted and made again; what it owns stays, and belongs to the new one. */
  | 'orphan';

interface Job extends ManifestObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * What becomes of a job that is there. It can't be changed; its name ends in a hash of what it runs, so one of the same
 * name that is done has done the same work, no matter who applied it. One that failed, or that ran in another image, is
 * replaced.
 */
export function jobWay(existing: ManifestObject, wanted: ManifestObject): Way {
  const { conditions = [] } = (existing as Job).status ?? {};
  const has = (type: string) => conditions.some((each) => each.type === type && each.status === 'True');
  const images = ({ metadata }: ManifestObject) =>
    (metadata as { annotations?: Record<string, string> } | undefined)?.annotations?.[imagesAnnotation];
  // Applied by something else, it says nothing of its images.
  const inAnother = images(existing) !== undefined && images(existing) !== images(wanted);
  const going = (existing.metadata as { deletionTimestamp?: string } | undefined)?.deletionTimestamp !== undefined;
  if (has('Failed') || inAnother || going) return 'replace';
  return has('Complete') && isHashed(wanted) ? 'leave' : 'apply';
}

/** Whether a job's name says what it runs. */
const isHashed = ({ metadata }: ManifestObject): boolean =>
  new RegExp(`^${metadata?.labels?.[labelKeys.instance]}-[0-9a-f]{8}$`).test(metadata?.name ?? '');

/** Whether the API has refused a change because of a field that can't be changed, of whatever kind. */
export const isImmutable = (message: string): boolean =>
  /immutable|may not change|can ?not change|updates to .*forbidden|field is forbidden to change/i.test(message);

/** Kinds that hold no data of their own, so that nothing is lost when one is deleted and made again. */
const replaceable: readonly string[] = [
  'ConfigMap',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'NetworkPolicy',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
];

/**
 * How an object that can't be changed is replaced without losing anything; `undefined` if that is unknown.
 *
 * A StatefulSet keeps its pods if they are found by the same labels: only its claim templates, or the like, differ. Its
 * claims stay in any case.
 */
export function replacement(existing: ManifestObject, wanted: ManifestObject): Way | undefined {
  if (wanted.kind !== 'StatefulSet') return replaceable.includes(wanted.kind) ? 'replace' : undefined;
  const identity = ({ spec }: ManifestObject) => {
    const { selector, serviceName } = spec as { selector: object; serviceName?: string };
    return { selector, serviceName };
  };
  return isDeepStrictEqual(identity(existing), identity(wanted)) ? 'orphan' : 'replace';
}
