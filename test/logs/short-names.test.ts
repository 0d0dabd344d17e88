import { describe, expect, test } from '@jest/globals';
import { labelKeys } from '../../charts/common/labels.ts';
import { ShortNames } from '../../src/logs/short-names.ts';

const pod = (name: string, instance?: string) => ({
  name,
  labels: instance === undefined ? undefined : { [labelKeys.instance]: instance },
});

describe('a short name', () => {
  test.each([
    ["of a Deployment's pod", 'turfoo-api-7d9f8c6b5-x2x5d', 'turfoo-api', 'api-x2x5d'],
    ["of a StatefulSet's pod", 'turfoo-postgres-0', 'turfoo-postgres', 'postgres-0'],
    ["of a Job's pod", 'turfoo-migrate-5e3b2692-hcw5x', 'turfoo-migrate', 'migrate-hcw5x'],
    ["of a CronJob's pod", 'turfoo-close-day-29384756-abcde', 'turfoo-close-day', 'close-day-abcde'],
    ['of a pod of its own', 'turfoo-probe', 'turfoo-probe', 'probe'],
    ['of a pod without labels', 'turfoo-probe-x2x5d', undefined, 'probe-x2x5d'],
    ['of a pod that is called otherwise', 'debug-x2x5d', 'turfoo-api', 'debug-x2x5d'],
  ])('%s', (_, name, instance, expected) => {
    expect(new ShortNames('turfoo-').of(pod(name, instance))).toBe(expected);
  });

  test('becomes longer where another pod has it, and stays', () => {
    const names = new ShortNames('turfoo-');
    const [one, other] = ['turfoo-api-1111-x2x5d', 'turfoo-api-2222-x2x5d'].map((name) => pod(name, 'turfoo-api'));
    expect([one, other, one].map((each) => each && names.of(each))).toEqual([
      'api-x2x5d',
      'api-2222-x2x5d',
      'api-x2x5d',
    ]);
  });

  test('is the whole name where both shorter ones are taken', () => {
    const names = new ShortNames('t-');
    const all = [pod('a-b'), pod('t-a-b', 't-a')].map((each) => names.of(each));
    expect(all).toEqual(['a-b', 't-a-b']);
  });
});
