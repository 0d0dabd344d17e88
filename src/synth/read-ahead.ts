import type { ProfileName } from '../../charts/model.ts';
import type { Outline } from '../config/load.ts';
import { type ProjectMemory, readFor, remember } from '../config/project-memory.ts';
import type { ReadFor } from '../config/read-project.ts';
import { type Share, type Threads, takeTurns } from './threads.ts';

interface ReadTask {
  readonly task: 'read';
  readonly root: string;
  readonly what: ReadFor;
}

/** What a thread needs to read projects, by their folders. */
export type ReadShare = ReadTask & Share<string>;

/** Reads the projects that no earlier run has read. */
export async function readAhead(
  threads: Threads,
  root: string,
  { input, tellsShared, directories }: Outline,
  profile: ProfileName,
  memory: ProjectMemory,
): Promise<ProjectMemory> {
  const unread = directories.filter((directory) => !Object.hasOwn(memory, directory));
  return Object.fromEntries(
    await threads.shareOut(
      { task: 'read', root, what: readFor(input, profile, tellsShared) } as const,
      unread,
      readShare,
    ),
  );
}

/** Reads the next project that nobody has taken, until there is none. */
export const readShare = (share: ReadShare) =>
  takeTurns(share, (directory) => [directory, remember(share.root, directory, share.what)] as const);
