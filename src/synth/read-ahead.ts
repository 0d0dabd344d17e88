import { type ProjectMemory, projectFolders, remember } from '../config/load.ts';
import { isWorthwhile, shareOut, takeTurns } from './threads.ts';

/** What a thread needs to read projects. */
export interface ReadShare {
  readonly task: 'read';
  readonly root: string;
  /** Name of the environment. */
  readonly environment: string;
  readonly directories: readonly string[];
  readonly next: SharedArrayBuffer;
}

/** Reads many projects that no earlier run has read, on all processors; few are left to `load`. */
export async function readAhead(root: string, memory: ProjectMemory): Promise<ProjectMemory> {
  const { name, directories } = projectFolders(root);
  const unread = directories.filter((directory) => !Object.hasOwn(memory, directory));
  if (!isWorthwhile(unread.length)) return {};
  const share: ReadShare = {
    task: 'read',
    root,
    environment: name,
    directories: unread,
    next: new SharedArrayBuffer(4),
  };
  return Object.fromEntries(await shareOut(share, readShare));
}

/** Reads the next project that nobody has taken, until there is none. */
export const readShare = ({ root, environment, directories, next }: ReadShare) =>
  takeTurns(next, directories, (directory) => [directory, remember(root, directory, environment)] as const);
