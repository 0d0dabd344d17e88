import { UsageError } from '../platform/errors.ts';
import type { ClaimServer, Inventory, ObjectStore, PostgresServer } from './inventory.ts';
import type { BackupFile, Manifest, Part } from './manifest.ts';

/** What goes where in a restore. */
export interface RestorePlan {
  /** Whether the backup is of another project, whose roles this one lacks. */
  readonly foreign: boolean;
  readonly databases: readonly {
    readonly server: PostgresServer;
    readonly database: string;
    readonly file: BackupFile;
  }[];
  /** Servers whose folder is replaced. */
  readonly folders: readonly { readonly server: ClaimServer; readonly file: BackupFile }[];
  /** `from` is the bucket's name in the backup. */
  readonly buckets: readonly { readonly store: ObjectStore; readonly bucket: string; readonly from: string }[];
  /** What of the backup is not restored, and what of the project stays as it is. */
  readonly left: readonly string[];
}

const described = (part: Part): string =>
  ({
    postgres: () => `${part.service} database ${'database' in part ? part.database : ''}`,
    immudb: () => part.service,
    claim: () => `${part.service} claim`,
    bucket: () => `bucket ${'bucket' in part ? part.bucket : ''}`,
  })[part.kind]();

/**
 * Decides where each part of a backup goes.
 *
 * @param force also the backup of another project, or one with parts that this one has no place for
 * @throws UsageError if the backup doesn't fit
 */
export function planRestore(manifest: Manifest, project: string, inventory: Inventory, force = false): RestorePlan {
  const foreign = manifest.project !== project;
  if (foreign && !force)
    throw new UsageError(
      `this is a backup of ${manifest.project}, not of ${project}`,
      `Restore it into ${manifest.project}; with --force it goes into ${project} all the same`,
    );
  const { store } = inventory;
  const databases: RestorePlan['databases'][number][] = [];
  const folders: RestorePlan['folders'][number][] = [];
  const buckets: RestorePlan['buckets'][number][] = [];
  const homeless: Part[] = [];
  for (const part of manifest.parts) {
    const [file] = part.files as [BackupFile];
    if (part.kind === 'postgres') {
      const server = inventory.postgres.find(({ service }) => service === part.service);
      if (server) databases.push({ server, database: databaseName(manifest, part.database, server, foreign), file });
      else homeless.push(part);
    } else if (part.kind === 'immudb' || part.kind === 'claim') {
      const servers = part.kind === 'immudb' ? inventory.immudb : inventory.claims;
      const server = servers.find(({ service }) => service === part.service);
      if (server) folders.push({ server, file });
      else homeless.push(part);
    } else {
      const bucket = `${project}${part.bucket.slice(manifest.project.length)}`;
      if (store?.buckets.includes(bucket)) buckets.push({ store, bucket, from: part.bucket });
      else homeless.push(part);
    }
  }
  const names = homeless.map(described);
  if (names.length > 0 && !force)
    throw new UsageError(
      `${project} has no place in the cluster for what the backup has: ${names.join(', ')}`,
      'Configure it again, or restore the rest with --force',
    );
  const left = [
    ...names.map((name) => `${name}: not restored, ${project} has no place for it`),
    ...manifest.skipped.map(({ service }) => `${service}: stays as it is, it was not backed up`),
  ];
  return { foreign, databases, folders, buckets, left };
}

/** The main database of another project becomes the main one of this; others keep their names. */
function databaseName(manifest: Manifest, name: string, server: PostgresServer, foreign: boolean): string {
  const usual = manifest.project.replaceAll('-', '_');
  return foreign && name === usual ? server.database : name;
}
