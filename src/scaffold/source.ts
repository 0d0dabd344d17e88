import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The files of a repository, as far as proposals need them. Paths are relative to its root, with `/`. */
export interface Source {
  /** The text of a file; `undefined` if there is none. */
  text(path: string): string | undefined;
  /** The sorted names in a folder, those of folders with a `/` at the end; none if there is no such folder. */
  names(path: string): readonly string[];
}

/** The files below a folder of the disk. What can't be read counts as not being there. */
export function sourceOf(root: string): Source {
  const tried = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return undefined;
    }
  };
  return {
    text: (path) => tried(() => readFileSync(join(root, path), 'utf8')),
    names: (path) =>
      tried(() => {
        const isFolder = (name: string) => statSync(join(root, path, name), { throwIfNoEntry: false })?.isDirectory();
        return readdirSync(join(root, path))
          .sort()
          .map((name) => (isFolder(name) ? `${name}/` : name));
      }) ?? [],
  };
}

/** A path as it is written beside a folder, from the root: `backends/api` and `../web` is `backends/web`. */
export const below = (folder: string, path: string): string =>
  posix.normalize(posix.join(folder, path)).replace(/\/$/, '');

/** Whether a path that `below` made leaves the repository. */
export const isOutside = (path: string): boolean => path === '..' || path.startsWith('../') || path.startsWith('/');
