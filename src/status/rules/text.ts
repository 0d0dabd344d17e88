import { clean } from '../../platform/terminal/clean.ts';

/** Longest cause that is passed on from a message of the cluster's, in characters. */
const limit = 240;

/** Longest message that is looked into, in characters: what is told of it stands at its ends. */
const readLimit = 16_384;

/** A message of which no more than its two ends are left. */
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

/** The last line that says something. */
export function lastLine(message: string | undefined): string | undefined {
  const line = bounded(message ?? '')
    .split('\n')
    .findLast((each) => each.trim() !== '');
  return line === undefined ? undefined : oneLine(line);
}

/** `1 restart`, `3 restarts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

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
