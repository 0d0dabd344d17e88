import { UsageError } from '../platform/errors.ts';
import { instant, instantOf } from './instant.ts';

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * The instant that `--since` means: a duration before now (`30s`, `10m`, `2h`, `1d`, `1h30m`), or a time of RFC 3339.
 *
 * @throws UsageError if it is neither
 */
export function parseSince(given: string, now: Date): string {
  const length = [...given.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (seconds[unit] ?? 0),
    0,
  );
  const start = new Date(now.getTime() - length * 1000);
  const time = /^(\d+[smhd])+$/.test(given)
    ? Number.isNaN(start.getTime())
      ? undefined
      : instantOf(start)
    : Number.isNaN(Date.parse(given))
      ? undefined
      : instant(given);
  if (time) return time;
  throw new UsageError(
    `--since: "${given}" is neither a duration nor a time; allowed: 30s, 10m, 2h, 1d, ` +
      'or a time with its zone, such as 2026-01-31T09:00:00Z',
  );
}
