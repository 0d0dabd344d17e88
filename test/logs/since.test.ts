import { describe, expect, test } from '@jest/globals';
import { parseSince } from '../../src/logs/parse-since.ts';
import { UsageError } from '../../src/platform/errors.ts';

const now = new Date('2026-03-02T12:00:00.250Z');

describe('--since', () => {
  test.each([
    ['30s', '2026-03-02T11:59:30.250000000Z'],
    ['10m', '2026-03-02T11:50:00.250000000Z'],
    ['2h', '2026-03-02T10:00:00.250000000Z'],
    ['1d', '2026-03-01T12:00:00.250000000Z'],
    ['1h30m', '2026-03-02T10:30:00.250000000Z'],
    ['0s', '2026-03-02T12:00:00.250000000Z'],
    ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00.000000000Z'],
    ['2026-03-01T08:00:00.5+02:00', '2026-03-01T06:00:00.500000000Z'],
  ])('%s is %s', (given, expected) => {
    expect(parseSince(given, now)).toBe(expected);
  });

  test.each(['', '10', '10x', 'm', '-5m', '1.5h', '10m ago', '2026-03-01', '2026-13-01T08:00:00Z', '9999999999d'])(
    'refuses %j',
    (given) => {
      expect(() => parseSince(given, now)).toThrow(UsageError);
      expect(() => parseSince(given, now)).toThrow(
        `--since: "${given}" is neither a duration nor a time; allowed: 30s`,
      );
    },
  );
});
