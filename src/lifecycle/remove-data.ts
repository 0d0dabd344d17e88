import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { removeAndWait } from '../cluster/remove-and-wait.ts';
import { eachOf } from '../platform/each-of.ts';

interface RemovalReport {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Deletes a namespace's claims with these labels, and waits until they are gone. */
export async function removeClaims(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  { report, signal }: RemovalReport,
): Promise<void> {
  const claims = await cluster.list<ManifestObject>('PersistentVolumeClaim', { namespace, labels });
  for (const { metadata } of claims) {
    const claim = { ...typeMeta('PersistentVolumeClaim'), metadata };
    await removeAndWait(cluster, claim, { patience: 120, signal });
    report(`${namespace}: removed claim ${metadata?.name}`);
  }
}

/** Deletes a namespace's jobs with these labels, so that migrations and the like run again. */
export async function removeJobs(cluster: Cluster, namespace: string, labels: Readonly<Record<string, string>>) {
  const jobs = await cluster.list<ManifestObject>('Job', { namespace, labels });
  await eachOf(jobs, ({ metadata }) => cluster.remove({ ...typeMeta('Job'), metadata }));
}
