import type { Cluster } from '../cluster/client.ts';
import { counted, size } from '../platform/text.ts';
import { measureBucket } from './bucket.ts';
import { transactions } from './immudb.ts';
import type { Inventory, ObjectStore, PostgresServer, ServicePod } from './inventory.ts';
import { withObjectStore } from './object-store.ts';
import { databases, waitForPostgres } from './postgres.ts';

/** Data that a project has. */
export interface HeldData {
  /** `postgres: database turfoo, 7.6 MB, 3 tables with rows` */
  readonly line: string;
  /** Whether there is anything in it that a restore would replace. */
  readonly filled: boolean;
}

export async function postgresData(
  cluster: Cluster,
  server: PostgresServer,
  signal?: AbortSignal,
): Promise<HeldData[]> {
  await waitForPostgres(cluster, server, { signal });
  return (await databases(cluster, server)).map(({ name, bytes, filledTables }) => ({
    line: `${server.service}: database ${name}, ${size(bytes)}, ${counted(filledTables, 'table')} with rows`,
    filled: filledTables > 0,
  }));
}

export async function immudbData(cluster: Cluster, server: ServicePod): Promise<HeldData[]> {
  return [...(await transactions(cluster, server))].map(([name, last]) => ({
    line: `${server.service}: database ${name}, ${counted(last, 'transaction')}`,
    filled: last > 0,
  }));
}

export async function bucketData(cluster: Cluster, store: ObjectStore, signal?: AbortSignal): Promise<HeldData[]> {
  return withObjectStore(
    cluster,
    store,
    async (client) => {
      const held: HeldData[] = [];
      for (const bucket of store.buckets) {
        const measured = await measureBucket(client, bucket);
        if (!measured) continue;
        const { objects, bytes } = measured;
        held.push({
          line: `${store.service}: bucket ${bucket}, ${counted(objects, 'object')}, ${size(bytes)}`,
          filled: objects > 0,
        });
      }
      return held;
    },
    signal,
  );
}

/** What a project has of all that a backup holds. Its services must run. */
export async function heldData(cluster: Cluster, inventory: Inventory, signal?: AbortSignal): Promise<HeldData[]> {
  const held: HeldData[] = [];
  for (const server of inventory.postgres) held.push(...(await postgresData(cluster, server, signal)));
  for (const server of inventory.immudb) held.push(...(await immudbData(cluster, server)));
  // What is in it only its own program knows.
  held.push(...inventory.claims.map(({ service }) => ({ line: `${service}: all files of its claim`, filled: true })));
  if (inventory.store) held.push(...(await bucketData(cluster, inventory.store, signal)));
  return held;
}
