import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** A thread takes about a quarter of a second to start, in which a hundred projects could be made. */
const worthwhile = 200;

/** Beside the bundle; there is none when this runs from source. */
const program = new URL('./thread.js', import.meta.url);

/** A share of the work: what the threads take turns at. */
export interface Share<Item> {
  readonly items: readonly Item[];
  /** Index of the next item that no thread has taken, counted up by all of them. */
  readonly next: SharedArrayBuffer;
}

/** The further threads that a run may use, one a processor, started when they are first needed. */
export class Threads {
  #workers: readonly Worker[] = [];
  #ended: readonly Promise<number>[] | undefined;

  /**
   * Works items off, on all processors if they are many.
   *
   * @param work takes turns at a share until nothing is left; the other threads find theirs by the share's `task`
   */
  async shareOut<Given extends object, Item, Result>(
    given: Given,
    items: readonly Item[],
    work: (share: Given & Share<Item>) => Promise<Result[]>,
  ): Promise<Result[]> {
    const share = { ...given, items, next: new SharedArrayBuffer(4) };
    if (items.length >= worthwhile) this.#start();
    const others = this.#workers.map((worker) => this.#ask<Result>(worker, share));
    return (await Promise.all([work(share), ...others])).flat();
  }

  /** Begins to end the threads, which have nothing more to do. */
  end(): void {
    this.#ended ??= this.#workers.map((worker) => worker.terminate());
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.end();
    await Promise.all(this.#ended ?? []);
  }

  #start() {
    if (this.#workers.length > 0 || !existsSync(program)) return;
    this.#workers = Array.from({ length: availableParallelism() - 1 }, () => new Worker(program));
  }

  #ask<Result>(worker: Worker, share: unknown): Promise<Result[]> {
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (results: Result[]) => {
        worker.off('error', reject);
        resolve(results);
      });
      worker.postMessage(share);
    });
  }
}

/** Does the next item that no thread has taken, until there is none. */
export async function takeTurns<Item, Result>(
  { items, next }: Share<Item>,
  work: (item: Item) => Promise<Result> | Result,
): Promise<Result[]> {
  const counter = new Int32Array(next);
  const results: Result[] = [];
  for (let index = Atomics.add(counter, 0, 1); index < items.length; index = Atomics.add(counter, 0, 1))
    results.push(await work(items[index] as Item));
  return results;
}
