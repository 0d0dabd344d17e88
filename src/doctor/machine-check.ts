import type { Facts } from './machine-facts.ts';

/** How bad it is: `warn` may work, `fail` can't. */
export type Level = 'ok' | 'warn' | 'fail';

/** What is to be said of one subject. */
export interface Row {
  readonly level: Level;
  readonly subject: string;
  /** What was found, and what is needed if that is not enough. */
  readonly found: string;
  /** What to do about it: a command where there is one. Every row that is not ok has one. */
  readonly fix?: string;
}

/** Judges facts, without any I/O. */
export type Check = (facts: Facts) => readonly Row[];
