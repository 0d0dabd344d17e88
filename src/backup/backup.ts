import { setMaxListeners } from 'node:events';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { mustBeInside } from '../config/configured-path.ts';
import { FailureError } from '../platform/errors.ts';
import { InterruptedError, interruptible } from '../platform/process/interrupt.ts';
import { counted, size } from '../platform/text.ts';
import { hasBucket, saveBucket } from './bucket.ts';
import { writeChecked, writeText } from './checked-file.ts';
import { saveClaim } from './claim.ts';
import { backupsFolder, folderName, removeLeftovers, startFolder } from './folder.ts';
import type { ClaimServer, ObjectStore, PostgresServer, ServicePod } from './inventory.ts';
import {
  type BackupFile,
  formatVersion,
  type Manifest,
  manifestFile,
  manifestText,
  objectListText,
  type Part,
} from './manifest.ts';
import { withObjectStore } from './object-store.ts';
import { databases, dumpDatabase, postgresVersion, waitForPostgres } from './postgres.ts';
import { findSubjectIn, type Subject, type SubjectOptions } from './subject.ts';

export interface BackupOptions extends SubjectOptions {
  /** Folder of the backup. @default `backups/<project>/<time>` below the root */
  readonly out?: string;
  /** How long others that work on the project may take to be done, in seconds. */
  readonly timeout: number;
}

/** A backup that is whole. */
export interface Backup {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What the parts of a backup are made with. */
interface Work {
  readonly cluster: Cluster;
  /** Where files are written. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Backs up what a project has in the cluster. The folder has its name only once all of it is there.
 *
 * @throws UsageError, ClusterError, FailureError; then nothing is left but what the error says
 */
export async function backupProject(name: string, options: BackupOptions): Promise<Backup> {
  const cluster = await connectToChange(options);
  const subject = await findSubjectIn(cluster, name, options.profile);
  return withLeases(
    cluster,
    { ...options, environment: subject.environment.namespace, namespaces: [subject.project.namespace] },
    () => saveProject(cluster, subject, options),
  );
}

/** Backs a project up. Only for who holds its lease. */
export function saveProject(
  cluster: Cluster,
  subject: Subject,
  { out, report }: Pick<BackupOptions, 'out' | 'report'>,
): Promise<Backup> {
  const { root, project } = subject;
  const time = new Date();
  const folder = out ? resolve(out) : `${backupsFolder(root, project.name)}/${folderName(time)}`;
  return interruptible(async (signal) => {
    // Every stream listens to it.
    setMaxListeners(0, signal);
    mustBeInside(root, dirname(folder));
    for (const left of await removeLeftovers(root, project.name, folder, cluster.context))
      report(`removed ${left}: a backup that was cut short`);
    const partial = await startFolder(folder, cluster.context);
    try {
      const manifest = await saveAll(subject, time, { cluster, folder: partial.path, signal, report });
      signal.throwIfAborted();
      await writeText(partial.path, manifestFile, manifestText(manifest));
      return { folder: await partial.finish(), manifest };
    } catch (error) {
      await partial.discard();
      throw error instanceof InterruptedError
        ? new InterruptedError('interrupted; nothing is left of this backup', undefined, { cause: error })
        : error;
    }
  });
}

async function saveAll(subject: Subject, time: Date, work: Work): Promise<Manifest> {
  const { environment, project, inventory } = subject;
  for (const { service, reason } of inventory.skipped) work.report(`${service}: not backed up, ${reason}`);
  // Objects come last: rows may refer to objects, so these may be newer, but none may be missing.
  const parts: Part[] = [];
  for (const server of inventory.postgres) parts.push(...(await savePostgres(server, work)));
  for (const server of inventory.immudb) parts.push(await saveServer('immudb', server, work));
  for (const server of inventory.claims) parts.push(await saveServer('claim', server, work));
  if (inventory.store) parts.push(...(await saveBuckets(inventory.store, work)));
  return {
    formatVersion,
    repoctl: packageJson.version,
    environment: environment.name,
    project: project.name,
    profile: subject.profile,
    time: time.toISOString(),
    parts,
    skipped: [...inventory.skipped],
  };
}

async function savePostgres(server: PostgresServer, { cluster, folder, signal, report }: Work): Promise<Part[]> {
  await waitForPostgres(cluster, server, { signal, report });
  const serverVersion = await postgresVersion(cluster, server);
  const parts: Part[] = [];
  for (const database of await databases(cluster, server)) {
    const path = `postgres/${server.service}/${fileName(database.name)}.dump`;
    const file = await saved(folder, path, (output) => dumpDatabase(cluster, server, database.name, output, signal));
    parts.push({ kind: 'postgres', service: server.service, serverVersion, database: database.name, files: [file] });
    report(`${server.service}: database ${database.name}, ${size(file.bytes)}`);
  }
  return parts;
}

async function saveServer(kind: 'immudb' | 'claim', server: ClaimServer, work: Work): Promise<Part> {
  const { cluster, folder, signal, report } = work;
  report(`${server.service}: is stopped while its folder is copied`);
  const path = `${kind}/${server.service}.tar`;
  const file = await saved(folder, path, (output) => saveClaim(cluster, server, output, signal));
  report(`${server.service}: ${size(file.bytes)}, and running again`);
  return { kind, service: server.service, serverVersion: await imageOf(cluster, server), files: [file] };
}

async function saveBuckets(store: ObjectStore, { cluster, folder, signal, report }: Work): Promise<Part[]> {
  const serverVersion = await imageOf(cluster, store);
  const parts: Part[] = [];
  const save = async (client: Parameters<typeof saveBucket>[0]) => {
    for (const bucket of store.buckets) {
      if (!(await hasBucket(client, bucket)))
        throw new FailureError(`there is no bucket ${bucket}`, 'repoctl infra global start makes it');
      const path = `buckets/${bucket}`;
      const objects = await saveBucket(client, bucket, folder, path, signal);
      const list = await writeText(folder, `${path}.jsonl`, objectListText(objects));
      const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
      const { length } = objects;
      parts.push({
        kind: 'bucket',
        service: store.service,
        serverVersion,
        bucket,
        objects: length,
        bytes,
        files: [list],
      });
      report(`${store.service}: bucket ${bucket}, ${counted(length, 'object')}, ${size(bytes)}`);
    }
  };
  await withObjectStore(cluster, store, save, signal);
  return parts;
}

/** A file that a pod has sent, and has said the SHA-256 of. */
async function saved(folder: string, path: string, fill: (output: Writable) => Promise<string>): Promise<BackupFile> {
  const { result: sent, ...file } = await writeChecked(folder, path, fill);
  if (sent === file.sha256) return file;
  throw new FailureError(`${path} did not come as it was sent (SHA-256)`, 'Try again');
}

/** A name as that of a file. */
const fileName = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');

/** The image that a service runs in stands for its version where it can't be asked. */
async function imageOf(cluster: Cluster, { namespace, object }: ServicePod): Promise<string | undefined> {
  interface StatefulSet extends ManifestObject {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
    };
  }
  const metadata = { namespace, name: object };
  const set = await cluster.get<StatefulSet>({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata });
  return set?.spec.template.spec.containers[0]?.image;
}
