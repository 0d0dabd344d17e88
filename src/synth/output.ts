import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedNamespace } from './plan.ts';
import { isManifestName, readManifestNames, readNamespaces } from './plan-file.ts';

/** The file that says what else repoctl wrote into a folder. */
export const planFile = 'plan.json';

/**
 * Makes a file of the folder hold a text; it is replaced as a whole, and not touched if it holds it already.
 *
 * @returns whether it was written
 */
export function write(folder: string, name: string, text: string): boolean {
  if (read(folder, name) === text) return false;
  const path = join(folder, name);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeDraft(draft, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // What a killed run left there, or a link, which would be followed.
    rmSync(draft, { force: true });
    writeDraft(draft, text);
  }
  renameSync(draft, path);
  return true;
}

/** Writes a file that may not be there. Node writes a text in one go only if it is told its encoding. */
const writeDraft = (path: string, text: string) => writeFileSync(path, text, { flag: 'wx', encoding: 'utf8' });

/** Removes manifests from the folder; files of other names and those in subfolders stay. */
export function remove(folder: string, names: readonly string[]): void {
  for (const name of names.filter(isManifestName))
    if (lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile()) rmSync(join(folder, name), { force: true });
}

/** The text of a file of the folder, if it is there. */
export function read(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** What tells a file of the folder from what it was before, as make and git tell it; `undefined` if it isn't there. */
export function stamp(folder: string, name: string): string | undefined {
  const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs} ${found.ino}`;
}

/** What an earlier run planned and wrote. */
export const earlierNamespaces = (folder: string): readonly PlannedNamespace[] =>
  readNamespaces(read(folder, planFile) ?? '');

/** The files of an earlier run, whichever version wrote them, the plan aside: only these may be removed. */
export const earlierManifests = (folder: string): readonly string[] => readManifestNames(read(folder, planFile) ?? '');
