import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eachOf } from '../platform/each-of.ts';
import { UsageError } from '../platform/errors.ts';
import { fileFault } from './checked-file.ts';
import { isUnfinished } from './folder.ts';
import { type Manifest, manifestFile, parseManifest } from './manifest.ts';
import type { BackupFile } from './part.ts';
import { partKind } from './stores.ts';

/** How many faults of a damaged backup are listed. */
const shown = 20;

/** A backup of which every file has been checked. */
export interface VerifiedBackup {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Checks a backup: its format, and the size and SHA-256 of every file.
 *
 * @throws UsageError with what is wrong, the newer format first
 */
export async function verifyBackup(folder: string): Promise<VerifiedBackup> {
  if (isUnfinished(folder))
    throw new UsageError(`${folder} is an unfinished backup`, 'Use a complete one; --latest takes the newest');
  const path = join(folder, manifestFile);
  const manifest = parseManifest(await readManifest(folder, path), path);
  const faults = await faultsOf(
    folder,
    manifest.parts.flatMap(({ files }) => files),
  );
  // What lists other files has to be right itself.
  if (faults.length === 0)
    for (const part of manifest.parts)
      faults.push(...(await faultsOf(folder, (await partKind(part.kind).moreFiles?.(part, folder)) ?? [])));
  if (faults.length === 0) return { folder, manifest };
  const more = faults.length > shown ? [`and ${faults.length - shown} more`] : [];
  throw new UsageError(
    `${folder} is damaged:\n${[...faults.slice(0, shown), ...more].map((fault) => `  ${fault}`).join('\n')}`,
    'Nothing was restored. Use another backup',
  );
}

async function readManifest(folder: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${folder} is not a backup: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? `it has no ${manifestFile}` : (error as Error).message}`,
      'Name the folder that repoctl infra project backup printed, or use --latest',
      { cause: error },
    );
  }
}

async function faultsOf(folder: string, files: readonly BackupFile[]): Promise<string[]> {
  const faults: string[] = [];
  await eachOf(files, async (file) => {
    const fault = await fileFault(folder, file);
    if (fault) faults.push(fault);
  });
  return faults.sort();
}
