import { describe, expect, test } from '@jest/globals';
import { cronJob } from '../../../charts/constructs/cron-job.ts';
import type { PresetName } from '../../../charts/model.ts';
import type { Given } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, one, podOf } from '../objects.ts';
import { commandCase, resourcesCase, stopCase, workloadFieldCases, workloadObjects } from '../workload-fields.ts';

const minimal = { schedule: '30 2 * * *' };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('cronjob', { ...minimal, ...settings }, profile);

describe('defaults', () => {
  const { metadata, spec } = one(build(), 'CronJob');

  test('runs on its schedule, in UTC, once at a time', () => {
    expect(metadata.name).toBe('shop-it');
    expect(spec).toMatchObject({ schedule: '30 2 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' });
  });

  test('makes up for a run that was missed within five minutes', () => {
    expect(spec.startingDeadlineSeconds).toBe(300);
  });

  test('a run has an hour, and is tried three times, each try a pod of its own', () => {
    expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 3600, backoffLimit: 2 });
    expect(podOf(build()).restartPolicy).toBe('Never');
  });

  test('keeps three runs of each outcome to look at', () => {
    expect(spec).toMatchObject({ successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 });
  });

  test('its runs have the labels too', () => {
    expect(spec.jobTemplate.metadata.labels).toEqual(metadata.labels);
  });

  test('has no probes', () => {
    expect(containerOf(build()).livenessProbe).toBeUndefined();
  });
});

describeFields(cronJob, minimal, build, {
  ...workloadFieldCases,
  command: commandCase,
  schedule: { given: '@hourly', seen: (objects) => one(objects, 'CronJob').spec.schedule, expected: '@hourly' },
  timeZone: {
    given: 'America/Argentina/Buenos_Aires',
    seen: (objects) => one(objects, 'CronJob').spec.timeZone,
    expected: 'America/Argentina/Buenos_Aires',
  },
  overlap: { given: 'Replace', seen: (objects) => one(objects, 'CronJob').spec.concurrencyPolicy, expected: 'Replace' },
  timeLimitSeconds: {
    given: 5,
    seen: (objects) => one(objects, 'CronJob').spec.jobTemplate.spec.activeDeadlineSeconds,
    expected: 5,
  },
  retries: {
    given: 0,
    seen: (objects) => one(objects, 'CronJob').spec.jobTemplate.spec.backoffLimit,
    expected: 0,
  },
  // It goes to the plan: test/status/report/assemble.test.ts.
  mayFail: { given: true, seen: (_objects, _ports, settings) => settings.mayFail, expected: true },
  stopSeconds: stopCase,
  resources: resourcesCase,
});

describe('schedules', () => {
  const allows = (schedule: string) => cronJob.schema.safeParse({ schedule }).success;

  test.each(['* * * * *', '*/5 0-6 1,15 JAN-MAR MON', '0  3 * * 6', '@daily', '@midnight'])('allows %s', (schedule) => {
    expect(allows(schedule)).toBe(true);
  });

  test.each(['', '* * * *', '* * * * * *', '@reboot', '@every 5m', 'CRON_TZ=UTC * * * * *', '* * * * *\n'])(
    'refuses %j',
    (schedule) => {
      expect(allows(schedule)).toBe(false);
    },
  );
});
