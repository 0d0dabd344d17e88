import type { Output } from './log-output.ts';
import type { Entry, Printer } from './printer.ts';
import { ReorderBuffer } from './reorder-buffer.ts';

/** How long a line waits for earlier ones of other pods, in milliseconds. */
const delay = 200;

/** How many lines may wait before the logs are read no further. */
const capacity = 5000;

/** Writes lines that come from many containers at once, in the order of time. */
export class OrderedOutput {
  readonly #buffer = new ReorderBuffer<Entry>(delay);
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly output: Output,
    private readonly printer: Printer,
  ) {}

  /** Takes a container's lines; resolves when it can take more. */
  async push(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) this.#buffer.push(entry.container.key, entry, performance.now());
    this.#schedule(delay);
    while (this.#buffer.size > capacity) await this.#flush(performance.now());
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#write(Number.POSITIVE_INFINITY);
  }

  #schedule(wait: number): void {
    if (this.#buffer.size > 0) this.#timer ??= setTimeout(() => void this.#tick(), wait);
  }

  async #tick(): Promise<void> {
    await this.#flush(performance.now());
    this.#timer = undefined;
    this.#schedule(delay / 4);
  }

  /** Only one writes at a time; who comes meanwhile waits for it. */
  async #flush(now: number): Promise<void> {
    // When too many wait, those that wait the longest go, whether or not others may come before them.
    const until = this.#buffer.size > capacity ? Number.POSITIVE_INFINITY : now;
    this.#writing ??= this.#write(until).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(now: number): Promise<void> {
    const due = this.#buffer.due(now);
    await this.output.print(due.map((entry) => this.printer.line(entry)).join(''));
  }
}
