import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../platform/errors.ts';

// Every path that the configuration names, and every folder that repoctl writes into by itself, goes through
// `insideRoot`; nothing else follows links (test/architecture.test.ts).

/** Where a path leads, links followed. */
export type PathEnd =
  /** It is inside of the root, at this path relative to it, with `/`; `.` for the root itself. */
  | { readonly inside: string }
  /** There is nothing. */
  | { readonly lacks: 'everything' }
  /** A link on the way leads to nothing, to itself, or out of the root. */
  | { readonly lacks: 'end' | 'root' };

const realRoots = new Map<string, string>();

function realRoot(root: string): string {
  const known = realRoots.get(root) ?? realpathSync.native(root);
  realRoots.set(root, known);
  return known;
}

/**
 * Where a path leads.
 *
 * @param path relative to the root
 * @throws Error of the file system if it can't be told
 */
export function insideRoot(root: string, path: string): PathEnd {
  const whole = join(root, path);
  let target: string;
  try {
    target = realpathSync.native(whole);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP' && code !== 'ENAMETOOLONG') throw error;
    return { lacks: isLinkToNothing(root, path) ? 'end' : 'everything' };
  }
  const base = realRoot(root);
  if (target === base) return { inside: '.' };
  if (!target.startsWith(base + sep)) return { lacks: 'root' };
  return { inside: target.slice(base.length + 1).replaceAll(sep, '/') };
}

/** Whether a part of a path that leads to nothing is a link that leads to nothing. */
function isLinkToNothing(root: string, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => {
    const part = join(root, ...parts.slice(0, index + 1));
    try {
      return lstatSync(part, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(part);
    } catch {
      return false;
    }
  });
}

/** What is said of a path that leads out of the root or, by a link, to nothing. */
export const leadsAway = 'is a link that leads nowhere or outside the repository';

/**
 * The text of a file that the configuration names.
 *
 * @param path relative to the root
 * @throws UsageError if it leads out of the root
 */
export function readInside(root: string, path: string): string {
  const end = insideRoot(root, path);
  if (!('inside' in end)) throw new UsageError(`${path} ${end.lacks === 'everything' ? 'is gone' : leadsAway}`);
  return readFileSync(join(root, end.inside), 'utf8');
}

/**
 * A folder that files are written to. What stands below the root has to lie there, whatever links are on the way; a
 * folder elsewhere is as good as its name.
 *
 * @param folder absolute; it need not be there
 * @param advice what to do where it leads out
 * @throws UsageError if it is a link, or below one, that leads out of the root
 */
export function mustBeInside(
  root: string,
  folder: string,
  advice = 'Remove the link, or name the folder that it leads to with --out',
): void {
  const path = relative(root, resolve(folder));
  if (path === '' || path.startsWith('..') || isAbsolute(path)) return;
  for (let part = path; part !== '.'; part = dirname(part)) {
    const end = insideRoot(root, part.replaceAll(sep, '/'));
    if ('inside' in end) return;
    if (end.lacks !== 'everything') throw new UsageError(`${part} ${leadsAway}; nothing was written`, advice);
  }
}
