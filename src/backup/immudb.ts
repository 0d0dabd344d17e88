import type { Cluster } from '../cluster/client.ts';
import { portForward } from '../cluster/port-forward.ts';
import { FailureError } from '../platform/errors.ts';
import type { ServicePod } from './inventory.ts';
import { waitForPod } from './pods.ts';

/** The last transaction of each database, as the metrics say it. The server's own database, of its users, is left out. */
export function parseTransactions(metrics: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const [, name = '', id] of metrics.matchAll(/^immudb_last_committed_trx_id\{db="([^"]+)"[^}]*\} (\S+)$/gm))
    if (name !== 'systemdb') last.set(name, Math.max(last.get(name) ?? 0, Number(id)));
  return last;
}

/** The last transaction of each database of a server. */
export async function transactions(cluster: Cluster, service: ServicePod): Promise<ReadonlyMap<string, number>> {
  await waitForPod(cluster, service);
  const { namespace, object } = service;
  const forwarding = await portForward(cluster, { namespace, service: object, port: 9497 });
  try {
    const answer = await fetch(`http://127.0.0.1:${forwarding.port}/metrics`, { signal: AbortSignal.timeout(30_000) });
    return parseTransactions(await answer.text());
  } catch (error) {
    throw new FailureError(`${object} does not give its metrics: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  } finally {
    await forwarding.close();
  }
}
