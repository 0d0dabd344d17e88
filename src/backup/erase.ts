import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { exec } from '../cluster/exec.ts';
import { CommandError } from '../platform/errors.ts';
import { counted } from '../platform/text.ts';
import { deleteObjects, hasBucket } from './bucket.ts';
import { bucketData, type HeldData, immudbData, postgresData } from './describe.ts';
import { type Broker, type ServicePod, savedServices } from './inventory.ts';
import { withObjectStore } from './object-store.ts';
import { containerOf, isReady, type PodState, waitForPod } from './pods.ts';
import type { Subject, SubjectOptions } from './subject.ts';

/**
 * What a project holds, as lines for a question: its claims with their sizes and, where the service runs and can be
 * asked, what is in them; the objects of its buckets; its Redis database.
 */
export async function describeData(cluster: Cluster, { inventory, project: found }: Subject): Promise<string[]> {
  const { postgres, immudb, store, broker } = inventory;
  const contents = [
    ...postgres.map((server) => asked(cluster, server, () => postgresData(cluster, server))),
    ...immudb.map((server) => asked(cluster, server, () => immudbData(cluster, server))),
    ...(store ? [asked(cluster, store, () => bucketData(cluster, store))] : []),
    ...(broker ? [asked(cluster, broker, () => brokerData(cluster, broker))] : []),
  ];
  return [...(await claimLines(cluster, found.name)), ...(await Promise.all(contents)).flat()];
}

interface Claim extends ManifestObject {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: { readonly capacity?: { readonly storage?: string } };
}

async function claimLines(cluster: Cluster, namespace: string): Promise<string[]> {
  const claims = await cluster.list<Claim>('v1', 'PersistentVolumeClaim', { namespace });
  return claims.map(({ metadata, spec, status }) => {
    const capacity = status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? 'unknown size';
    return `claim ${metadata?.name}, ${capacity}`;
  });
}

/**
 * Names of a project's claims that a backup leaves out: those of its own manifests, and of services that repoctl can't back up.
 *
 * @param labels that the project's own objects have
 */
export async function unsavedClaims(
  cluster: Cluster,
  { project, inventory }: Pick<Subject, 'project' | 'inventory'>,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const saved = savedServices(inventory).map(({ pod }) => `data-${pod}`);
  const claims = await cluster.list<Claim>('v1', 'PersistentVolumeClaim', { namespace: project.namespace, labels });
  return claims.map(({ metadata }) => metadata?.name ?? '').filter((name) => !saved.includes(name));
}

/** Lines of a service's data; one that says why not, if it can't be asked. */
async function asked(cluster: Cluster, service: ServicePod, ask: () => Promise<HeldData[]>): Promise<string[]> {
  const { namespace, pod } = service;
  const found = await cluster.get<PodState>({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: pod } });
  const unknown = (why: string) => [`${service.service}: contents unknown, ${why}`];
  if (!isReady(found)) return unknown('it is not running');
  try {
    return (await ask()).map(({ line }) => line);
  } catch (error) {
    if (error instanceof CommandError) return unknown(error.message);
    throw error;
  }
}

const redisCommand = ({ database }: Broker, ...command: string[]): string[] => [
  // Its environment has the password.
  ...['redis-cli', '-e', '--no-auth-warning', '-n', String(database)],
  ...command,
];

async function brokerData(cluster: Cluster, broker: Broker): Promise<HeldData[]> {
  const { stdout } = await exec(cluster, containerOf(broker), redisCommand(broker, 'DBSIZE'), { timeout: 30_000 });
  const keys = Number(/\d+/.exec(stdout)?.[0] ?? 0);
  return [{ line: `${broker.service}: database ${broker.database}, ${counted(keys, 'key')}`, filled: keys > 0 }];
}

/**
 * Deletes what a project has in the services that it shares with others: the objects of its buckets, and its Redis
 * database. Only a project that is stopped stays empty.
 *
 * @throws ClusterError if one of the services is stopped
 */
export async function eraseShared(
  cluster: Cluster,
  { inventory, project: found }: Subject,
  { report }: Pick<SubjectOptions, 'report'>,
): Promise<void> {
  const { store, broker } = inventory;
  if (store)
    await withObjectStore(cluster, store, async (client) => {
      for (const bucket of store.buckets) {
        if (!(await hasBucket(client, bucket))) continue;
        report(`${found.name}: deleted ${counted(await deleteObjects(client, bucket), 'object')} of bucket ${bucket}`);
      }
    });
  if (!broker) return;
  await waitForPod(cluster, broker, { report });
  await exec(cluster, containerOf(broker), redisCommand(broker, 'FLUSHDB'), { timeout: 120_000 });
  report(`${found.name}: emptied database ${broker.database} of ${broker.service}`);
}
