import { setMaxListeners } from 'node:events';
import { dirname, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { mustBeInside } from '../config/configured-path.ts';
import { InterruptedError, interruptible } from '../platform/process/interrupt.ts';
import { writeText } from './checked-file.ts';
import type { Work } from './data-store.ts';
import { backupsFolder, folderName, removeLeftovers, startFolder } from './folder.ts';
import { formatVersion, type Manifest, manifestFile, manifestText, type Part } from './manifest.ts';
import type { BackupPart } from './part.ts';
import { findSubjectIn, type Subject, type SubjectOptions } from './stored-project.ts';

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
        ? new InterruptedError('interrupted; this backup was removed', undefined, { cause: error })
        : error;
    }
  });
}

async function saveAll(subject: Subject, time: Date, work: Work): Promise<Manifest> {
  const { environment, project, stores, skipped } = subject;
  for (const { service, reason } of skipped) work.report(`${service}: not backed up, ${reason}`);
  const parts: BackupPart[] = [];
  for (const { copies } of stores) if (typeof copies !== 'string') parts.push(...(await copies.save(work)));
  return {
    formatVersion,
    repoctl: packageJson.version,
    environment: environment.name,
    project: project.name,
    profile: subject.profile,
    time: time.toISOString(),
    // Of the kinds of the same table of which the manifest's schema is made.
    parts: parts as Part[],
    skipped: [...skipped],
  };
}
