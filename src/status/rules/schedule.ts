import { Cron } from 'croner';

/** When a cron job is due: its schedule in its time zone. */
export interface Schedule {
  /** The first time after an instant; none if it is never due again. */
  readonly next: (after: Date) => Date | undefined;
}

/** Schedules that are periods: `@every 5m`. */
const every = /^@every ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+)$/;
const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** A zone in front of a schedule: `TZ=Europe/Berlin 0 3 * * *`. */
const zoned = /^(?:CRON_)?TZ=(\S+) +(.*)$/;

/**
 * Reads a schedule as Kubernetes does.
 *
 * @param timeZone of the tz database. @default UTC, as controllers mostly run in
 * @throws Error if it is none, or there is no such zone
 */
export function scheduleOf(given: string, timeZone?: string): Schedule {
  const [, zone = timeZone, bare = given] = zoned.exec(given.trim()) ?? [];
  const period = every.exec(bare)?.[1];
  if (period !== undefined) {
    const parts = [...period.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
    const seconds = parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
    return { next: (after) => new Date(after.getTime() + Math.max(1, seconds) * 1000) };
  }
  if (zone && !isZone(zone)) throw new Error(`there is no time zone ${zone}`);
  const cron = new Cron(bare.trim(), { timezone: zone || 'Etc/UTC', paused: true, sloppyRanges: true, mode: '5-part' });
  return { next: (after) => cron.nextRun(after) ?? undefined };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** How many times something was due since an instant and until another, at most some; and the last of these. */
export function dueTimes(
  { next }: Schedule,
  since: Date,
  until: Date,
  most = 100,
): { readonly count: number; readonly first?: Date; readonly last?: Date } {
  let count = 0;
  let first: Date | undefined;
  let last: Date | undefined;
  for (let at = next(since); at && at <= until && count < most; at = next(at)) {
    count += 1;
    first ??= at;
    last = at;
  }
  return { count, first, last };
}
