import type { Timed } from './merge.ts';

interface Held<Item> {
  readonly item: Item;
  readonly key: string;
  readonly arrived: number;
}

/**
 * Holds items for a short time, so that those of several sources come out in the order of time although they arrive a
 * little out of it. Items of one source never overtake each other.
 */
export class ReorderBuffer<Item extends Timed> {
  #held: Held<Item>[] = [];
  readonly #latest = new Map<string, string>();

  /** @param delay how long an item is held, in the unit of `now` */
  constructor(private readonly delay: number) {}

  get size(): number {
    return this.#held.length;
  }

  push(source: string, item: Item, now: number): void {
    const before = this.#latest.get(source) ?? '';
    const key = item.time > before ? item.time : before;
    this.#latest.set(source, key);
    this.#held.push({ item, key, arrived: now });
  }

  /** The items that were held long enough, with those that belong before them. */
  due(now: number): Item[] {
    // Sorting keeps the order of items of the same time.
    this.#held.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
    const count = this.#held.findLastIndex(({ arrived }) => arrived <= now - this.delay) + 1;
    return this.#held.splice(0, count).map(({ item }) => item);
  }
}
