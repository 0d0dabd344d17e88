import { describe, expect, test } from '@jest/globals';
import { instant, instantOf, secondBefore } from '../../src/logs/instant.ts';

describe('an instant', () => {
  test.each([
    ['is in UTC with nine digits', '2026-01-31T09:00:00.123456789Z', '2026-01-31T09:00:00.123456789Z'],
    ['has its fraction filled up', '2026-01-31T09:00:00.5Z', '2026-01-31T09:00:00.500000000Z'],
    ['may have no fraction', '2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000000000Z'],
    ['may come from east of Greenwich', '2026-01-01T00:30:00.25+01:00', '2025-12-31T23:30:00.250000000Z'],
    ['may come from west of it', '2026-01-31T19:30:00-05:30', '2026-02-01T01:00:00.000000000Z'],
  ])('%s', (_, given, expected) => {
    expect(instant(given)).toBe(expected);
  });

  test.each(['', 'failed', '2026-01-31', '2026-01-31T09:00:00', '2026-13-31T09:00:00+01:00'])('is not %j', (given) => {
    expect(instant(given)).toBeUndefined();
  });

  test('is the same of a date', () => {
    const text = '2026-01-31T09:00:00.5Z';
    expect(instantOf(new Date(text))).toBe(instant(text));
  });
});

test('the second before is a whole one, also at the end of a year', () => {
  expect(secondBefore('2026-01-01T00:00:00.900000000Z')).toBe('2025-12-31T23:59:59Z');
});
