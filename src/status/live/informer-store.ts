import type { Kept } from '../snapshot/read-list.ts';

/** The objects of a source as they were heard of last. */
export class InformerStore {
  readonly #items = new Map<string, Kept>();

  replace(items: readonly Kept[]): void {
    this.#items.clear();
    for (const item of items) this.#items.set(key(item), item);
  }

  put(item: Kept): void {
    this.#items.set(key(item), item);
  }

  remove(item: Kept): void {
    this.#items.delete(key(item));
  }

  get items(): Kept[] {
    return [...this.#items.values()];
  }
}

const key = ({ metadata }: Kept): string => `${metadata.namespace ?? ''}/${metadata.name}`;
