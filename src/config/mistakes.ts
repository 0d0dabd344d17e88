import type { Problem } from './problem.ts';
import type { ProjectMemory } from './project-memory.ts';

/** A project that is wrong by itself, so that the others go on. */
export interface Mistake {
  /** Folder of the project. */
  readonly directory: string;
  /** Name of the project, if it is known. */
  readonly name?: string;
  /** Each problem as a line. */
  readonly lines: readonly string[];
}

/** Projects, of which last good states stand in for those that are wrong. */
export interface Settled {
  readonly memory: ProjectMemory;
  /** What is wrong with single projects, by their folder. */
  readonly own: ReadonlyMap<string, readonly Problem[]>;
  /** What is still wrong. */
  readonly rest: readonly Problem[];
}

/**
 * Finds the projects whose mistakes are theirs alone, and takes them back to their last good state, or leaves them out
 * where nobody remembers one.
 *
 * Of two that clash the one that has changed is at fault. What remains wrong is not one project's mistake.
 *
 * @param current projects as they were read just now, by their folder
 * @param good what earlier runs found to be right; `undefined` if nothing is to be tolerated
 * @param problemsOf everything that is wrong with some projects and between them
 */
export function settle(
  current: ProjectMemory,
  good: ProjectMemory | undefined,
  problemsOf: (memory: ProjectMemory) => readonly Problem[],
): Settled {
  // Without a prototype: a folder may be called "constructor".
  const memory: Record<string, ProjectMemory[string]> = Object.assign(Object.create(null), current);
  const own = new Map<string, readonly Problem[]>();
  for (;;) {
    const rest = problemsOf(memory);
    const blamed = good && rest.length > 0 ? culprits(memory, good, own, rest) : [];
    if (!good || blamed.length === 0) return { memory, own, rest };
    const owned = ownedBy(Object.keys(memory), rest);
    for (const directory of blamed) {
      const stand = own.has(directory) || !Object.hasOwn(good, directory) ? undefined : good[directory];
      own.set(directory, own.get(directory) ?? owned.get(directory) ?? rest);
      if (stand) memory[directory] = stand;
      else delete memory[directory];
    }
  }
}

/** Folders of the projects that are to be taken back next. */
function culprits(
  memory: ProjectMemory,
  good: ProjectMemory,
  own: Settled['own'],
  problems: readonly Problem[],
): string[] {
  const owned = ownedBy(Object.keys(memory), problems);
  const wasGood = (directory: string) => Object.hasOwn(good, directory);
  const changed = Object.keys(memory).filter(
    (directory) => !wasGood(directory) || good[directory] !== memory[directory],
  );
  const guilty = changed.filter((directory) => owned.has(directory));
  if (guilty.length > 0) return guilty;
  const standIns = [...own.keys()].filter((directory) => owned.has(directory));
  if (standIns.length > 0) return standIns;
  // Another file shows it, which was right before these changed.
  return changed.filter((directory) => owned.size > 0 || wasGood(directory));
}

/** The problems of each project's files. */
function ownedBy(directories: readonly string[], problems: readonly Problem[]): Map<string, Problem[]> {
  const owned = new Map<string, Problem[]>();
  for (const problem of problems) {
    const [owner] = directories
      .filter((directory) => problem.file.startsWith(`${directory}/`))
      .sort((one, other) => other.length - one.length);
    if (owner !== undefined) owned.set(owner, [...(owned.get(owner) ?? []), problem]);
  }
  return owned;
}
