import { describe, expect, test } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import { scheduleProblem } from '../../../charts/common/schedule.ts';

describe('a schedule', () => {
  test.each([
    '* * * * *',
    '*/5 * * * *',
    '0 3 * * 1-5',
    '0,30 8-18/2 1,15 jan-mar SUN',
    '5/15 0 ? * ?',
    '0 0 29 2 *',
    '0 0 31 2 mon',
    '@hourly',
    '@yearly',
  ])('may be %s', (schedule) => {
    expect(scheduleProblem(schedule)).toBeUndefined();
  });

  test('is never one that another reader of cron refuses, or finds to be never due', () => {
    const number = fc.integer({ min: 0, max: 70 }).map(String);
    const range = fc.oneof(
      number,
      fc.constantFrom('*', '?', 'mon', 'feb', 'L', '#', ''),
      fc.tuple(number, number).map((pair) => pair.join('-')),
    );
    const item = fc.oneof(
      range,
      fc.tuple(range, number).map((pair) => pair.join('/')),
    );
    const field = fc.oneof(
      fc.constantFrom('*', '0', '1', '2'),
      fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(',')),
    );
    const schedule = fc.array(field, { minLength: 5, maxLength: 5 }).map((fields) => fields.join(' '));
    fc.assert(
      fc.property(schedule, (text) => {
        if (scheduleProblem(text) !== undefined) return;
        // It has no "*" from a number on: `5/15` is `5-59/15`. A step beyond the field's last number, `*/8` of weekdays, it refuses.
        const written = text
          .replaceAll(/(^|[ ,])(\d+|[a-z]{3})\/\d+/g, '$1$2')
          .replaceAll(/\/\d\d+/g, '')
          .replaceAll(/\/[89](?=\S*$)/g, '');
        expect(new Cron(written, { legacyMode: true }).nextRun(new Date('2026-01-01'))).not.toBeNull();
      }),
      { numRuns: 2000, examples: [['* * * 1 */8']] },
    );
  });
});
