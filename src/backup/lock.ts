import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import { FailureError } from '../errors.ts';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** What it does, e.g. `backup`. */
  readonly doing: string;
  readonly since: string;
}

/** The file that says that a project is being backed up or restored. */
export const lockFile = (root: string, project: string): string => join(root, 'backups', `.${project}.lock`);

/**
 * Does something while no other backup or restore of the same project runs. The lock of a process that is gone is taken
 * over.
 *
 * @throws FailureError if another process holds it
 */
export async function withLock<Result>(path: string, doing: string, work: () => Promise<Result>): Promise<Result> {
  const holder: Holder = { pid, host: hostname(), doing, since: new Date().toISOString() };
  const own = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(own, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    throw new FailureError(`can't write ${path}: ${(error as Error).message}`, undefined, { cause: error });
  }
  try {
    await take(path, own);
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, own: string): Promise<void> {
  for (;;) {
    try {
      // A link is made or not: no one ever sees a lock that says nothing yet.
      return await link(own, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = await read(path);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder && isAlive(holder))
      throw new FailureError(
        `a ${holder.doing} has been running since ${holder.since} (process ${holder.pid} on ${holder.host})`,
        `Wait for it to end. If there is no such process, remove ${path}`,
      );
    await removeStale(path, found);
  }
}

/** Removes the lock that was read, and not one that somebody else has taken since. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await read(aside)) !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, doing, since } = JSON.parse(text) as Holder;
    return Number.isInteger(pid) ? { pid, host, doing, since } : undefined;
  } catch {
    return undefined;
  }
}

/** Of another machine's processes nothing can be told. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    // Signal 0 only asks.
    return kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
