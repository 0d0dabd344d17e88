import { immudbFolder, immudbPorts, immudbUser } from '../../../charts/constructs/immudb.ts';
import { pullOf } from '../../../charts/wiring.ts';
import type { Cluster } from '../../cluster/client.ts';
import { portForward } from '../../cluster/port-forward.ts';
import { FailureError } from '../../platform/errors.ts';
import { counted } from '../../platform/text.ts';
import { claimCopies, claimPart } from '../claim-copies.ts';
import type { DataStore, StoreKind } from '../data-store.ts';
import { type ClaimServer, podOf, type ServicePod, waitForPod } from '../service-pods.ts';

/**
 * The folder of a server that was stopped. Its own export (`immuadmin hot-backup`, ReplicateTx) can't be put back into the
 * database that it makes by itself, since the server refuses to make `defaultdb` a replica (ErrReservedDatabase,
 * pkg/server/server.go of 1.11.1), and that is what workloads use by default; its documentation says the same for a cold
 * backup. The folder holds every database, the users and the server's identity, without which clients would see tampering.
 */
export const immudbPart = claimPart('immudb', ({ service }) => service);

/** The last transaction of each database, as the metrics say it. The server's own database, of its users, is left out. */
export function parseTransactions(metrics: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const [, name = '', id] of metrics.matchAll(/^immudb_last_committed_trx_id\{db="([^"]+)"[^}]*\} (\S+)$/gm))
    if (name !== 'systemdb') last.set(name, Math.max(last.get(name) ?? 0, Number(id)));
  return last;
}

/** The last transaction of each database of a server. */
async function transactions(cluster: Cluster, service: ServicePod): Promise<ReadonlyMap<string, number>> {
  await waitForPod(cluster, service);
  const { namespace, object } = service;
  const forwarding = await portForward(cluster, { namespace, service: object, port: immudbPorts.metrics });
  try {
    const answer = await fetch(`http://127.0.0.1:${forwarding.port}/metrics`, { signal: AbortSignal.timeout(30_000) });
    return parseTransactions(await answer.text());
  } catch (error) {
    throw new FailureError(`${object} does not answer with its metrics: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  } finally {
    await forwarding.close();
  }
}

const storeOf = (server: ClaimServer): DataStore => ({
  server,
  copies: claimCopies(immudbPart, server),
  describe: async (cluster) =>
    [...(await transactions(cluster, server))].map(([name, last]) => ({
      line: `${server.service}: database ${name}, ${counted(last, 'transaction')}`,
      filled: last > 0,
    })),
});

/** ImmuDB: the claim is copied while the service is stopped. */
export const immudbStore: StoreKind = {
  locate: (service, { profile, project }) =>
    storeOf({
      ...podOf(service, 'immudb'),
      folder: immudbFolder,
      user: immudbUser,
      pull: pullOf(profile, project),
    }),
  locateLeft: (servers) => servers.flatMap(({ claim }) => (claim ? [storeOf(claim)] : [])),
};
