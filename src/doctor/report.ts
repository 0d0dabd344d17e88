import type { Colour, Paint } from '../platform/terminal/paint.ts';
import { tableLines } from '../platform/terminal/table.ts';
import type { Level, Row } from './check.ts';

const colours: Readonly<Record<Level, Colour>> = { ok: 'green', warn: 'yellow', fail: 'red' };

/** Rows as a table for people: level, subject, what was found, what to do. */
export const rowLines = (rows: readonly Row[], paint: Paint): string[] =>
  tableLines(rows.map(({ level, subject, found, fix = '' }) => [paint(colours[level], level), subject, found, fix]));

/** Rows for programs. */
export const rowDocument = (rows: readonly Row[]) => ({ healthy: isHealthy(rows), checks: rows });

/** Whether nothing failed. */
export const isHealthy = (rows: readonly Row[]): boolean => rows.every(({ level }) => level !== 'fail');
