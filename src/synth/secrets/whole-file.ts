import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a draft of a file with secrets where git never looks, whatever a repository ignores. What a run that was killed
 * leaves there is in nobody's way.
 */
function draftOf(root: string, text: string): string {
  const folder = join(root, 'node_modules', '.cache', 'repoctl', 'drafts');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, '.gitignore'), '*\n');
  const path = join(folder, randomBytes(8).toString('hex'));
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  return path;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? '';

/** Another file system, or one without hard links. */
const elsewhere = ['EXDEV', 'EPERM', 'ENOTSUP'];

/**
 * Makes a file that is whole as soon as it is there, and readable by its owner only. One that has come into being meanwhile
 * stays as it is: Tilt runs a command for each project at once.
 *
 * @param root of the repository
 */
export function makeWhole(root: string, path: string, text: string): void {
  const draft = draftOf(root, text);
  try {
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!elsewhere.includes(codeOf(error))) throw error;
      copyFileSync(draft, path, constants.COPYFILE_EXCL);
    }
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Puts a whole file, readable by its owner only, in place of another. */
export function replaceWhole(root: string, path: string, text: string): void {
  const draft = draftOf(root, text);
  try {
    renameSync(draft, path);
  } catch (error) {
    if (!elsewhere.includes(codeOf(error))) throw error;
    writeFileSync(path, text, { mode: 0o600 });
  } finally {
    rmSync(draft, { force: true });
  }
}
