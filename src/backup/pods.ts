import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import type { ContainerReference } from '../cluster/exec.ts';
import { ClusterError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import type { ServicePod } from './inventory.ts';

/** The parts of a pod that are looked at. */
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

/** How it is waited for something. */
export interface Waiting {
  readonly signal?: AbortSignal;
  /** Is told what is waited for. @default nobody */
  readonly report?: (line: string) => void;
}

/** Why a pod is not ready, in its own words. */
function lack(pod: PodState | undefined): string {
  if (!pod) return 'it is not there';
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  if (waiting?.reason) return waiting.message ? `${waiting.reason}: ${waiting.message}` : waiting.reason;
  const unready = pod.status?.conditions?.find(({ status, message }) => status === 'False' && message);
  return unready?.message ?? pod.status?.phase ?? 'it has not begun';
}

/** Waits until a pod is ready. @throws TimeoutError */
export function waitUntilReady(
  cluster: Cluster,
  { namespace, pod: name }: { readonly namespace: string; readonly pod: string },
  { signal, report }: Waiting = {},
): Promise<true> {
  return poll(
    async (waiting) => {
      const pod = await cluster.get<PodState>({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } });
      return isReady(pod) || waiting(lack(pod));
    },
    (why) =>
      new TimeoutError(
        `${namespace}/${name} is not ready after ${podPatience / 1000} s: ${why}`,
        `repoctl status ${namespace}`,
      ),
    { timeout: podPatience, signal, report: (why) => report?.(`waiting for ${namespace}/${name}: ${why}`) },
  );
}

/**
 * Waits until the pod of a service is ready.
 *
 * @throws ClusterError if it is stopped, TimeoutError if it doesn't get ready
 */
export async function waitForPod(cluster: Cluster, service: ServicePod, how: Waiting = {}): Promise<void> {
  const { namespace, object, start } = service;
  const controller = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { namespace, name: object } };
  const set = await cluster.get<{ spec: { replicas?: number } }>(controller);
  if (!set) throw new ClusterError(`there is no ${object} in the namespace ${namespace} of ${cluster.context}`, start);
  if (set.spec.replicas === 0) throw new ClusterError(`${object} in ${namespace} is stopped`, start);
  await waitUntilReady(cluster, service, how);
}
