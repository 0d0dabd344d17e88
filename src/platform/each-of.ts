import pMap from 'p-map';

export interface EachOptions {
  /** How many are under way at once. @default 8 */
  readonly atOnce?: number;
  /** Stops it; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Does something with each item, several at once. After the first failure nothing more is begun; the signal that `work`
 * gets asks what is under way to end, and once all of it has, the failure is thrown.
 */
export async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<unknown>,
  { atOnce = 8, signal }: EachOptions = {},
): Promise<void> {
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const begun = new Set<Promise<unknown>>();
  const begin = (item: Item) => {
    const doing = work(item, either);
    begun.add(doing);
    return doing.finally(() => begun.delete(doing));
  };
  try {
    await pMap(items, begin, { concurrency: atOnce, signal });
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(begun);
    throw error;
  }
}
