import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { fieldManager } from '../cluster/client.ts';

/** Who holds a number of pods until an autoscaler changes it. */
export const replicasHolder = 'repoctl-autoscale';

interface Managed {
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly operation?: string;
    readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: object } };
  }[];
}

/**
 * The number of pods of a workload whose manifest no longer states one, because an autoscaler sets it from now on; `undefined`
 * of all others. Unless somebody else holds it, the API server makes it 1 when its only manager states it no more.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
export function heldReplicas(wanted: ManifestObject, existing: ManifestObject | undefined): number | undefined {
  if (wanted.kind !== 'Deployment' && wanted.kind !== 'StatefulSet') return undefined;
  const { managedFields = [] } = (existing?.metadata ?? {}) as Managed;
  const ours = managedFields.some(
    ({ manager, operation, fieldsV1 }) =>
      manager === fieldManager && operation === 'Apply' && fieldsV1?.['f:spec']?.['f:replicas'] !== undefined,
  );
  const replicasOf = (object: ManifestObject | undefined) =>
    (object?.spec as { replicas?: number } | undefined)?.replicas;
  return ours && replicasOf(wanted) === undefined ? replicasOf(existing) : undefined;
}

/** A workload with a number of pods. */
export const withReplicas = ({ spec, ...workload }: ManifestObject, replicas: number): ManifestObject => ({
  ...workload,
  spec: { ...(spec as object | undefined), replicas },
});
