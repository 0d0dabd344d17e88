/** What can be put in the order of time. */
export interface Timed {
  readonly time: string;
}

/** A source, and its next item. */
interface Cursor<Item> {
  readonly index: number;
  readonly rest: AsyncIterator<readonly Item[]>;
  batch: readonly Item[];
  at: number;
  time: string;
}

/**
 * Merges sources by time. Of each no more is held than the batch that came last; items of one source stay in their order
 * even if their times don't, and items of the same time come in the order of the sources.
 */
export async function* merge<Item extends Timed>(
  sources: readonly AsyncIterable<readonly Item[]>[],
): AsyncGenerator<Item[]> {
  const cursors = sources.map((source, index): Cursor<Item> => {
    return { index, rest: source[Symbol.asyncIterator](), batch: [], at: 0, time: '' };
  });
  try {
    const filled = await Promise.all(cursors.map(async (cursor) => ((await fill(cursor)) ? [cursor] : [])));
    const queue = filled.flat().sort(order);
    let out: Item[] = [];
    for (let first = queue.shift(); first; first = queue.shift()) {
      out.push(first.batch[first.at] as Item);
      first.at += 1;
      if (first.at === first.batch.length) {
        yield out;
        out = [];
        if (!(await fill(first))) continue;
      }
      first.time = first.batch[first.at]?.time ?? '';
      insert(queue, first);
    }
  } finally {
    // Sources that nobody reads to their end hold connections.
    await Promise.all(cursors.map(({ rest }) => rest.return?.()));
  }
}

async function fill<Item extends Timed>(cursor: Cursor<Item>): Promise<boolean> {
  do {
    const next = await cursor.rest.next();
    if (next.done) return false;
    cursor.batch = next.value;
  } while (cursor.batch.length === 0);
  cursor.at = 0;
  cursor.time = cursor.batch[0]?.time ?? '';
  return true;
}

const order = (one: Cursor<unknown>, other: Cursor<unknown>): number =>
  one.time < other.time ? -1 : one.time > other.time ? 1 : one.index - other.index;

function insert(queue: Cursor<unknown>[], cursor: Cursor<unknown>): void {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(queue[middle] as Cursor<unknown>, cursor) < 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, cursor);
}
