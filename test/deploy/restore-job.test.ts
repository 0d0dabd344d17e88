import { expect, test } from '@jest/globals';
import { restoreJob } from '../../src/deploy/restore-job.ts';
import { backedUp } from '../charts/backed-up.ts';
import { one } from '../charts/objects.ts';

const { jobTemplate } = one(backedUp({ postgres: {} }), 'CronJob', 'shop-postgres-backup').spec;
const made = restoreJob(jobTemplate as never, { name: 'restore-1', namespace: 'shop', at: '2026-11-27T02-00-04Z' });
const spec = made.spec as typeof jobTemplate.spec;

test('the job that restores is that of a backup with another task and the time', () => {
  const before = jobTemplate.spec.template.spec.containers[0]?.env ?? [];
  const after = spec.template.spec.containers[0]?.env ?? [];
  const changed = after.filter(({ value }, index) => value !== before[index]?.value);
  expect(changed).toEqual([
    { name: 'TASK', value: 'restore' },
    { name: 'BACKUP', value: '2026-11-27T02-00-04Z' },
  ]);
  expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
});

test('has the labels by which NetworkPolicies let it connect, and the same pod otherwise', () => {
  expect(spec.template.metadata).toEqual(jobTemplate.spec.template.metadata);
  expect(made.metadata?.labels).toEqual(jobTemplate.metadata.labels);
  const { containers: _, ...pod } = spec.template.spec;
  const { containers: __, ...before } = jobTemplate.spec.template.spec;
  expect(pod).toEqual(before);
});

test('is tried once, and goes after a day', () => {
  expect(spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 86_400, activeDeadlineSeconds: 7200 });
});
