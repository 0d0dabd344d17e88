import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** A thread takes about a quarter of a second to start, in which a hundred projects could be made. */
const worthwhile = 200;

/** Beside the bundle; there is none when this runs from source. */
const program = new URL('./thread.js', import.meta.url);

/** Whether so many projects are worth further threads. */
export const isWorthwhile = (projects: number): boolean =>
  projects >= worthwhile && availableParallelism() > 1 && existsSync(program);

/**
 * Works a share off together with a thread for each further processor.
 *
 * @param work takes turns at the share until nothing is left; the other threads find theirs by the share's `task`
 */
export async function shareOut<Share, Result>(
  share: Share,
  work: (share: Share) => Promise<Result[]>,
): Promise<Result[]> {
  const others = Array.from({ length: availableParallelism() - 1 }, () => startThread<Result>(share));
  return [...(await work(share)), ...(await Promise.all(others)).flat()];
}

/**
 * Does the next item that no thread has taken, until there is none.
 *
 * @param next index of that item, counted up by all threads
 */
export async function takeTurns<Item, Result>(
  next: SharedArrayBuffer,
  items: readonly Item[],
  work: (item: Item) => Promise<Result> | Result,
): Promise<Result[]> {
  const counter = new Int32Array(next);
  const results: Result[] = [];
  for (let index = Atomics.add(counter, 0, 1); index < items.length; index = Atomics.add(counter, 0, 1))
    results.push(await work(items[index] as Item));
  return results;
}

function startThread<Result>(share: unknown): Promise<Result[]> {
  const worker = new Worker(program, { workerData: share });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
