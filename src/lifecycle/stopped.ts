import { typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { Cluster } from '../cluster/client.ts';

/** Says in the cluster that what is lacking in a namespace was stopped on purpose, or no longer. */
export async function markStopped(cluster: Cluster, namespace: string, stopped: boolean): Promise<void> {
  const reference = { ...typeMeta('Namespace'), metadata: { name: namespace } };
  await cluster.patch(reference, { metadata: { labels: { [labelKeys.stopped]: stopped ? 'true' : null } } });
}
