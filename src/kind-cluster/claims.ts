import { typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { ClusterError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';

/** A claim, as far as deleting it goes. */
export interface Claim extends ManifestObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

/** How long claims may take to go after their pods, in milliseconds. */
const patience = 120_000;

/** All claims of a cluster, including those that something else created. */
export const listClaims = (cluster: Cluster): Promise<Claim[]> => cluster.list<Claim>('PersistentVolumeClaim');

/** Whether repoctl made a claim, for an environment. */
export const isOwn = ({ metadata }: Claim, environment: string): boolean =>
  metadata.labels?.[labelKeys.tier] !== undefined && metadata.labels[labelKeys.partOf] === environment;

/** Claims as a table: namespace, name and size. */
export function claimLines(claims: readonly Claim[]): string[] {
  const rows = claims
    .map(({ metadata, spec, status }) => [
      metadata.namespace,
      metadata.name,
      status?.capacity?.storage ?? spec.resources?.requests?.storage ?? '?',
    ])
    .sort((one, other) => (one.join('/') < other.join('/') ? -1 : 1));
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
}

/**
 * Deletes claims and waits until they are gone: one that a pod uses goes after the pod.
 *
 * @throws ClusterError if some are still used
 */
export async function deleteClaims(cluster: Cluster, claims: readonly Claim[], signal: AbortSignal): Promise<void> {
  for (const claim of claims) {
    signal.throwIfAborted();
    await cluster.remove({ ...typeMeta('PersistentVolumeClaim'), metadata: claim.metadata });
  }
  const key = ({ metadata }: Claim) => `${metadata.namespace}/${metadata.name}`;
  const deleted = new Set(claims.map(key));
  let left: string[] = [];
  await poll(
    async () => {
      left = (await listClaims(cluster)).map(key).filter((each) => deleted.has(each));
      return left.length === 0;
    },
    () =>
      new ClusterError(
        `${left.join(', ')}: deleted, but a pod still uses ${left.length === 1 ? 'it' : 'them'}`,
        `kubectl describe pvc -n ${left[0]?.replace('/', ' ')} --context ${cluster.context}`,
      ),
    { timeout: patience, interval: 1_000, signal },
  );
}
