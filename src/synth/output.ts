import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from './plan.ts';

/** The file that says what else repoctl wrote into a folder. */
export const planFile = 'plan.json';

/** What writing a folder changes, or would change: names of files. */
export interface Changes {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** Compares files, by name and text, with a folder. `undefined` stands for a text that is the folder's already. */
export function compare(folder: string, files: ReadonlyMap<string, string | undefined>): Changes {
  const written = [...files].filter(([name, text]) => text !== undefined && read(folder, name) !== text);
  return {
    written: written.map(([name]) => name),
    removed: earlierFiles(folder).filter((name) => !files.has(name)),
  };
}

/** Makes a folder hold the files: the plan last, so that it never names a file that isn't there. */
export function write(folder: string, files: ReadonlyMap<string, string | undefined>, changes: Changes): void {
  mkdirSync(folder, { recursive: true });
  const inOrder = [...changes.written].sort((a, b) => Number(a === planFile) - Number(b === planFile));
  for (const name of inOrder) {
    const path = join(folder, name);
    writeFileSync(`${path}.${process.pid}.tmp`, files.get(name) ?? '');
    renameSync(`${path}.${process.pid}.tmp`, path);
  }
  for (const name of changes.removed) rmSync(join(folder, name), { force: true });
}

/** The text of a file of the folder, if it is there. */
export function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What an earlier run wrote: only that may be removed. */
function earlierFiles(folder: string): string[] {
  const text = read(folder, planFile);
  if (text === undefined) return [];
  try {
    return parsePlan(text).namespaces.map(({ manifest }) => manifest);
  } catch {
    return [];
  }
}
