import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FailureError, UsageError } from '../platform/errors.ts';
import { manifestFile } from './manifest.ts';

/** End of the names of folders that hold no whole backup. */
const unfinished = '.partial';

/** The end of those of one cluster, where only one backup of a project is taken at a time. */
const unfinishedOf = (context: string): string => `.${encodeURIComponent(context)}${unfinished}`;

/** Where the backups of a project are, if nothing else is said. */
export const backupsFolder = (root: string, project: string): string => join(root, 'backups', project);

/** The name of a backup's folder, from its time in UTC: `2026-11-21T14-42-44Z`. Names sort as times do. */
export const folderName = (time: Date): string =>
  time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');

/** The beginning of the names that `folderName` gives: nothing else is taken for a leftover. */
const ownName = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\./;

/** A backup that is being written. */
export interface PartialFolder {
  /** Where it is written to. */
  readonly path: string;
  /** Renames the complete backup to its final name. @returns its path */
  finish(): Promise<string>;
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * Makes the folder that a backup is written into, as `<folder>.<context>.partial`.
 *
 * @param context of the cluster that it is taken from
 * @throws UsageError if there is something already
 */
export async function startFolder(folder: string, context: string): Promise<PartialFolder> {
  const path = `${folder}${unfinishedOf(context)}`;
  if (existsSync(folder))
    throw new UsageError(`${folder} already exists`, 'Choose another folder with --out, or remove this one');
  try {
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw new FailureError(`can't make ${path}: ${(error as Error).message}`, undefined, { cause: error });
  }
  return {
    path,
    async finish() {
      await rename(path, folder);
      await synced(dirname(folder));
      return folder;
    },
    discard: () => rm(path, { recursive: true, force: true }),
  };
}

/** Makes the name of a new file survive a power cut. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Removes what backups of the project in a cluster that were cut short have left. Only for who holds the project's lease.
 *
 * @param folder of the backup that is about to be written; what an earlier attempt at it left is removed as well
 * @returns the folders
 */
export async function removeLeftovers(
  root: string,
  project: string,
  folder: string,
  context: string,
): Promise<string[]> {
  const left = (await names(backupsFolder(root, project)))
    .filter((name) => name.endsWith(unfinishedOf(context)) && ownName.test(name))
    .map((name) => join(backupsFolder(root, project), name));
  const own = `${folder}${unfinishedOf(context)}`;
  if (existsSync(own) && !left.includes(own)) left.push(own);
  for (const path of left) await rm(path, { recursive: true, force: true });
  return left;
}

/**
 * The newest whole backup of a project.
 *
 * @throws UsageError if there is none
 */
export async function latestBackup(root: string, project: string): Promise<string> {
  const parent = backupsFolder(root, project);
  const whole = (await names(parent)).filter(
    (name) => !name.endsWith(unfinished) && existsSync(join(parent, name, manifestFile)),
  );
  const newest = whole.sort().at(-1);
  if (newest) return join(parent, newest);
  throw new UsageError(`there is no backup in ${parent}`, `repoctl infra project backup ${project} creates one`);
}

/** Whether a folder is, by its name, what is left of a backup that was cut short. */
export const isUnfinished = (folder: string): boolean => basename(folder).endsWith(unfinished);

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
