import { secondBefore } from './instant.ts';
import type { LogLine } from './log-line.ts';

/** Where a log begins. */
export interface Start {
  /** An instant. @default the log's beginning */
  readonly since?: string;
  /** No more than this many lines before the end. @default all */
  readonly tail?: number;
}

/**
 * How far a container's log was read, over broken connections and restarts of the container.
 *
 * The server takes times in whole seconds only, and what a container writes to stdout and stderr may stand in its log a
 * little out of order. So a log is read again from the second before the last line's, and what was seen since then is
 * left out, counted by its time: several lines may have the same.
 */
export class Position {
  #first: string | undefined;
  #latest: string | undefined;
  /** How many lines were seen, by their time; none of before the second before the latest. */
  readonly #seen = new Map<string, number>();
  #repeated = new Map<string, number>();

  constructor(private readonly start: Start = {}) {}

  /** The parameters with which the rest of the log is asked for. What it repeats won't be accepted. */
  begin(): Record<string, string> {
    this.#repeated = new Map(this.#seen);
    if (this.#latest) return { sinceTime: secondBefore(this.#latest) };
    const { since, tail } = this.start;
    return {
      ...(since !== undefined && { sinceTime: `${since.slice(0, 19)}Z` }),
      ...(tail !== undefined && { tailLines: String(tail) }),
    };
  }

  /** Whether a line is a new one. */
  accept({ time }: LogLine): boolean {
    if (time < (this.#first ?? this.start.since ?? '')) return false;
    const repeated = this.#repeated.get(time) ?? 0;
    if (repeated > 0) {
      this.#repeated.set(time, repeated - 1);
      return false;
    }
    // With a tail, lines of before the first one are no more wanted later.
    if (this.start.tail !== undefined) this.#first ??= time;
    this.#remember(time);
    return true;
  }

  #remember(time: string): void {
    const before = this.#latest;
    if (before === undefined || time > before) this.#latest = time;
    this.#seen.set(time, (this.#seen.get(time) ?? 0) + 1);
    if (before === undefined || time.slice(0, 19) <= before.slice(0, 19)) return;
    const from = secondBefore(time).slice(0, 19);
    for (const each of this.#seen.keys()) if (each.slice(0, 19) < from) this.#seen.delete(each);
  }
}
