import { setTimeout as sleep } from 'node:timers/promises';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import type { ContainerReference } from '../cluster/exec.ts';
import { ClusterError, TimeoutError } from '../platform/errors.ts';
import type { ServicePod } from './inventory.ts';

/** What of a pod is looked at. */
export interface PodState extends ManifestObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { reason?: string; message?: string } };
    }[];
  };
}

/** How long is waited for a pod, in milliseconds. */
export const podPatience = 180_000;

export const containerOf = ({ namespace, pod, container }: ServicePod): ContainerReference => ({
  namespace,
  pod,
  container,
});

export const isReady = (pod: PodState | undefined): boolean =>
  pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/**
 * Waits until something is so; asks twice a second.
 *
 * @param said what has been waited for, if it does not come
 * @throws TimeoutError
 */
export async function until<Value>(
  ask: () => Promise<Value | undefined | false>,
  said: () => TimeoutError,
  { signal, patience = podPatience }: { signal?: AbortSignal; patience?: number } = {},
): Promise<Value> {
  const end = performance.now() + patience;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= end) throw said();
    await sleep(500);
  }
}

/**
 * Waits until the pod of a service is ready.
 *
 * @throws ClusterError if it is stopped, TimeoutError if it doesn't get ready
 */
export async function waitForPod(cluster: Cluster, service: ServicePod, signal?: AbortSignal): Promise<void> {
  const { namespace, object, pod, start } = service;
  const controller = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { namespace, name: object } };
  const set = await cluster.get<{ spec: { replicas?: number } }>(controller);
  if (!set) throw new ClusterError(`there is no ${object} in the namespace ${namespace} of ${cluster.context}`, start);
  if (set.spec.replicas === 0) throw new ClusterError(`${object} in ${namespace} is stopped`, start);
  await until(
    async () =>
      isReady(await cluster.get<PodState>({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: pod } })),
    () =>
      new TimeoutError(`${namespace}/${pod} is not ready after ${podPatience / 1000} s`, `repoctl status ${namespace}`),
    { signal },
  );
}
