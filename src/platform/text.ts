import { clean, escaped } from './terminal/clean.ts';

/** The longest cause that is quoted from a message of the cluster, in characters. */
const limit = 240;

/** The most of a message that is searched, in characters, half of it at each end. */
const readLimit = 16_384;

/** The two ends of a message, 16,384 characters together at most; a shorter message as it is. */
export function bounded(message: string): string {
  if (message.length <= readLimit) return message;
  const half = readLimit / 2;
  return `${message.slice(0, half)} … ${message.slice(-half)}`;
}

/** A text in one line, without what a terminal would obey. */
export const plain = (text: string): string => clean(bounded(text)).trim().replaceAll(/\s+/g, ' ');

/**
 * A message in one line, without the control characters that a terminal would obey. Where it gets too long its middle is
 * left out: it begins with what was tried, and ends with what went wrong.
 */
export function oneLine(message: string): string {
  const line = plain(message);
  if (line.length <= limit) return line;
  const head = line.slice(0, limit / 2 - 1).trimEnd();
  return `${head}…${line.slice(-(limit - head.length - 1)).trimStart()}`;
}

/** What somebody wrote into a file, in one line, with what a terminal would obey spelled out: `\u001b`. */
export const printable = (text: string): string =>
  escaped(text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('\t', '\\u0009'));

/** The last line that is not blank, shortened to 240 characters; `undefined` if there is none. */
export function lastLine(message: string | undefined): string | undefined {
  const line = bounded(message ?? '')
    .split('\n')
    .findLast((each) => each.trim() !== '');
  return line === undefined ? undefined : oneLine(line);
}

/** The last lines of an output that are not blank. @param count how many at most. @default 15 */
export const lastLines = (output: string, count = 15): string[] =>
  output
    .split(/\r?\n|\r/)
    .map((line) => clean(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-count);

/** `1 restart`, `3 restarts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The size of files and of what is transferred, in powers of 1000: `12.3 MB`. */
export const size = (bytes: number): string => scaled(bytes, 1000, ['bytes', 'kB', 'MB', 'GB', 'TB'], 1);

/** Memory and disks, in powers of 1024: `1.5 GiB`, `2 GiB`. */
export const memory = (bytes: number): string => scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'], 0);

/** @param least digits after the point, of whatever is not in the first unit; there is at most one */
function scaled(amount: number, base: number, units: readonly string[], least: 0 | 1): string {
  let value = amount;
  let unit = 0;
  for (; value >= base && unit < units.length - 1; unit += 1) value /= base;
  const text = value.toFixed(1);
  return `${least === 1 && unit > 0 ? text : Number(text)} ${units[unit]}`;
}

/** A time span as people say it: `40 s`, `12 min`, `3 h`, `2 d`. */
export function span(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ];
  const [size, name] = units.find(([each]) => seconds >= 2 * each) ?? [1, 's'];
  return `${Math.max(0, Math.floor(seconds / size))} ${name}`;
}

/** Seconds from an instant to another; `undefined` if the first isn't known. */
export function secondsSince(instant: string | null | undefined, now: Date): number | undefined {
  const since = Date.parse(instant ?? '');
  return Number.isNaN(since) ? undefined : (now.getTime() - since) / 1000;
}
