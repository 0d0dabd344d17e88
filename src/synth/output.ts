import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlannedNamespace, parsePlan } from './plan.ts';

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
  writeFileSync(`${path}.${process.pid}.tmp`, text);
  renameSync(`${path}.${process.pid}.tmp`, path);
  return true;
}

/** Removes files of the folder. */
export function remove(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(folder, name), { force: true });
}

/** The text of a file of the folder, if it is there. */
export function read(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** What tells a file of the folder from what it was before, as make and git tell it; `undefined` if it isn't there. */
export function stamp(folder: string, name: string): string | undefined {
  const found = statSync(join(folder, name), { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs} ${found.ino}`;
}

/** What an earlier run planned and wrote. */
export function earlierNamespaces(folder: string): readonly PlannedNamespace[] {
  const text = read(folder, planFile);
  if (text === undefined) return [];
  try {
    return parsePlan(text).namespaces;
  } catch {
    return [];
  }
}
