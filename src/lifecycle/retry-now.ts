import { typeMeta } from '../../charts/common/api-versions.ts';
import type { Cluster } from '../cluster/client.ts';
import { eachOf } from '../platform/each-of.ts';
import type { Pod } from '../status/rules/objects.ts';

/** Whose pods are made again when they are deleted, at no cost. A Job would count it as a failed attempt. */
const controllers = ['ReplicaSet', 'StatefulSet', 'DaemonSet'];

const failures = [
  ...['ErrImagePull', 'ImagePullBackOff', 'CrashLoopBackOff'],
  ...['CreateContainerConfigError', 'CreateContainerError'],
];

/** The pods that have failed and wait up to five minutes for their next attempt. */
export const awaitingRetry = (pods: readonly Pod[]): Pod[] =>
  pods.filter(({ metadata, status }) => {
    const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
    return (
      !metadata.deletionTimestamp &&
      (metadata.ownerReferences ?? []).some(({ kind }) => controllers.includes(kind)) &&
      [...initContainerStatuses, ...containerStatuses].some(({ state }) =>
        failures.includes(state?.waiting?.reason ?? ''),
      )
    );
  });

/** The pods of namespaces that wait for their next attempt. */
export async function podsAwaitingRetry(cluster: Cluster, namespaces: readonly string[]): Promise<Pod[]> {
  const found: Pod[] = [];
  await eachOf(namespaces, async (namespace) => {
    found.push(...awaitingRetry(await cluster.list<Pod>('Pod', { namespace })));
  });
  return found;
}

/**
 * Replaces pods that waited for their next attempt before something was applied, where applying it has not done so already: what they
 * failed by may be repaired outside of the manifests (a Secret, a registry), and their last error would be taken for the present one.
 */
export const retryNow = (cluster: Cluster, pods: readonly Pod[], report: (line: string) => void): Promise<void> =>
  eachOf(pods, async ({ metadata: { name, namespace, uid } }) => {
    const reference = { ...typeMeta('Pod'), metadata: { name, namespace } };
    const { metadata } = (await cluster.get<Pod>(reference)) ?? {};
    if (metadata?.uid !== uid || metadata?.deletionTimestamp) return;
    if (await cluster.remove(reference)) report(`replacing pod ${namespace}/${name}, which waits for its next attempt`);
  });
