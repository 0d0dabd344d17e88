import { describe, expect, test } from '@jest/globals';
import { health, type Judged } from '../../../src/status/rules/health.ts';
import type { Job } from '../../../src/status/rules/objects.ts';
import { ago, around, condition, meta } from './fixtures/objects.ts';

const day = 86_400;
const labels = (component: string) => ({
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/name': 'postgres-backup',
  'repoctl.dev/tier': 'project',
  'repoctl.dev/project': 'shop',
});
const cronJob = (component: string, status: object, spec: object = {}): Judged => ({
  kind: 'CronJob',
  metadata: meta('shop-postgres-backup', { creationTimestamp: ago(30 * day), labels: labels(component) }),
  spec: { schedule: '0 * * * *', concurrencyPolicy: 'Forbid', ...spec },
  status,
});
const failed: Job = {
  kind: 'Job',
  metadata: meta('shop-postgres-backup-1', { creationTimestamp: ago(60) }),
  spec: { backoffLimit: 2 },
  status: { conditions: [condition('Failed', 'True', { reason: 'BackoffLimitExceeded' })] },
};
const judge = (object: Judged, jobs: readonly Job[] = []) => health(object, around({ jobs: [...jobs] }));

describe.each([
  ['backup', 'BackupFailed', 'BackupOld', 'the newest complete backup is'],
  ['backup-check', 'BackupCheckFailed', 'BackupCheckOld', 'the newest backup that was restored and checked is'],
])('a cron job of the role %s', (component, failure, old, newest) => {
  test('is healthy after a run that succeeded', () => {
    const status = { lastScheduleTime: ago(1800), lastSuccessfulTime: ago(1700) };
    expect(judge(cronJob(component, status))).toMatchObject({ status: 'healthy' });
  });

  test('has failed where the last run has, as long as the one before was the last that was due', () => {
    const status = { lastScheduleTime: ago(60), lastSuccessfulTime: ago(3500) };
    expect(judge(cronJob(component, status), [failed])).toMatchObject({ status: 'degraded', reason: failure });
  });

  test('is old once two runs were due since the last that succeeded, and says what they failed of', () => {
    const status = { lastScheduleTime: ago(60), lastSuccessfulTime: ago(3 * day) };
    expect(judge(cronJob(component, status), [failed])).toMatchObject({
      status: 'degraded',
      reason: old,
      terminal: false,
      cause: expect.stringMatching(
        new RegExp(`^${newest} 3 ?d old, of .*: its last run at .* did not succeed`),
      ) as never,
    });
  });

  test('is old where its schedule is suspended, and where it never succeeded', () => {
    const succeeded = { lastScheduleTime: ago(3 * day), lastSuccessfulTime: ago(3 * day) };
    expect(judge(cronJob(component, succeeded, { suspend: true }))).toMatchObject({
      reason: old,
      cause: expect.stringContaining('its schedule is suspended') as never,
    });
    expect(judge(cronJob(component, { lastScheduleTime: ago(60) }, {}), [failed])).toMatchObject({
      reason: old,
      cause: expect.stringContaining('its cron job is 30 d old') as never,
    });
  });

  test('is not old while a run goes on', () => {
    const status = {
      lastScheduleTime: ago(60),
      lastSuccessfulTime: ago(3 * day),
      active: [{ name: 'shop-postgres-backup-1' }],
    };
    const going: Job = { ...failed, status: { active: 1, startTime: ago(60) } };
    expect(judge(cronJob(component, status), [going])).toMatchObject({ status: 'healthy', reason: 'Active' });
  });
});

test('other cron jobs have the verdicts that they had', () => {
  const status = { lastScheduleTime: ago(60), lastSuccessfulTime: ago(3 * day) };
  expect(judge(cronJob('cronjob', status), [failed])).toMatchObject({ reason: 'LastRunFailed' });
});
