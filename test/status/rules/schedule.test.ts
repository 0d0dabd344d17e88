import { expect, test } from '@jest/globals';
import { dueTimes, scheduleOf } from '../../../src/status/rules/schedule.ts';

const next = (schedule: string, after: string, zone?: string) =>
  scheduleOf(schedule, zone).next(new Date(after))?.toISOString();

test.each([
  ['*/5 * * * *', '2026-03-01T11:58:00Z', undefined, '2026-03-01T12:00:00.000Z'],
  ['0 3 * * *', '2026-03-01T12:00:00Z', 'America/New_York', '2026-03-02T08:00:00.000Z'],
  // The clocks go forward on the 29th of March: 02:30 is not that day.
  ['30 3 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['TZ=Asia/Tokyo 0 9 * * *', '2026-03-01T12:00:00Z', undefined, '2026-03-02T00:00:00.000Z'],
  ['@hourly', '2026-03-01T12:00:01Z', undefined, '2026-03-01T13:00:00.000Z'],
  ['@every 1h30m', '2026-03-01T12:00:00Z', undefined, '2026-03-01T13:30:00.000Z'],
  // One of the two days, not both.
  ['0 0 13 * 5', '2026-03-01T12:00:00Z', undefined, '2026-03-06T00:00:00.000Z'],
  ['0 0 * * 7', '2026-03-02T12:00:00Z', undefined, '2026-03-08T00:00:00.000Z'],
  ['5/15 * * * *', '2026-03-01T12:06:00Z', undefined, '2026-03-01T12:20:00.000Z'],
  ['0 0 31 2 *', '2026-03-01T12:00:00Z', undefined, undefined],
])('%s after %s (%s)', (schedule, after, zone, expected) => expect(next(schedule, after, zone)).toBe(expected));

test.each([['61 * * * *'], ['* * * *'], ['soon']])('%s is none', (schedule) =>
  expect(() => scheduleOf(schedule)).toThrow(),
);
test('a zone that is none', () => expect(() => scheduleOf('0 3 * * *', 'Mars/Base')).toThrow());

test('due times are counted, and not for ever', () => {
  const due = (until: string) => dueTimes(scheduleOf('*/5 * * * *'), new Date('2026-03-01T12:00:00Z'), new Date(until));
  expect(due('2026-03-01T12:04:59Z').count).toBe(0);
  expect(due('2026-03-01T12:16:00Z')).toEqual({
    count: 3,
    first: new Date('2026-03-01T12:05:00Z'),
    last: new Date('2026-03-01T12:15:00Z'),
  });
  expect(due('2036-03-01T12:00:00Z').count).toBe(100);
});
