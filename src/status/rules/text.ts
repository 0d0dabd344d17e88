import { clean } from '../../platform/terminal/clean.ts';

/** Longest cause that is passed on from a message of the cluster's, in characters. */
const limit = 240;

/** A message in one line, without the control characters that a terminal would obey, cut where it gets too long. */
export function oneLine(message: string): string {
  const line = clean(message).trim().replaceAll(/\s+/g, ' ');
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}

/** The last line that says something: what a process wrote before it ended. */
export function lastLine(message: string | undefined): string | undefined {
  const line = message
    ?.split('\n')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .at(-1);
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
