import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** How old a sign of somebody who removes a stale lock may be before it is stale itself, in milliseconds. */
const removalPatience = 10_000;

/**
 * Removes the lock that was read, if it is there still: one process at a time, lest the second removes the lock that
 * somebody has taken after the first.
 */
async function removeStale(path: string, text: string): Promise<void> {
  const sign = `${path}.removal`;
  try {
    await writeFile(sign, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age = Date.now() - (await stat(sign).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > removalPatience) await rm(sign, { force: true });
    else await sleep(20);
    return;
  }
  try {
    if ((await read(path)) === text) await rm(path, { force: true });
  } finally {
    await rm(sign, { force: true });
  }
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
