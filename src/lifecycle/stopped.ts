import { typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { Cluster } from '../cluster/client.ts';

/** Notes on a namespace whether its missing workloads were stopped on purpose. */
export async function markStopped(cluster: Cluster, namespace: string, stopped: boolean): Promise<void> {
  const reference = { ...typeMeta('Namespace'), metadata: { name: namespace } };
  await cluster.patch(reference, { metadata: { labels: { [labelKeys.stopped]: stopped ? 'true' : null } } });
}
