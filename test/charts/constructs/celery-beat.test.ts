import { describe, expect, test } from '@jest/globals';
import { celeryBeat } from '../../../charts/constructs/celery-beat.ts';
import type { PresetName } from '../../../charts/model.ts';
import type { Given } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, type Objects, one, podOf } from '../objects.ts';
import { metricsCase, portsCase } from '../pod-field-cases.ts';
import { resourcesCase, startupCase, workloadFieldCases, workloadObjects } from '../workload-fields.ts';

const minimal = { app: 'shop.worker' };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('celery-beat', { ...minimal, ...settings }, profile);
const { args: _args, env: _env, ...common } = workloadFieldCases;
const option = (objects: Objects, name: string) => {
  const { command } = containerOf(objects);
  return command[command.indexOf(name) + 1];
};

describe('defaults', () => {
  const objects = build();

  test('one pod, stopped before another starts: two would send every task twice', () => {
    expect(one(objects, 'Deployment').spec.replicas).toBe(1);
    expect(one(objects, 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
  });

  test('writes its schedule where it may, and no process file', () => {
    expect(option(objects, '--schedule')).toBe('/tmp/celerybeat-schedule');
    expect(option(objects, '--pidfile')).toBe('');
  });

  test('its scheduler is the one of Celery, in a wrapper that touches a file with each tick', () => {
    expect(option(objects, '--scheduler')).toBe('repoctl_celery:Scheduler');
    expect(environmentOf(containerOf(objects)).REPOCTL_BEAT_SCHEDULER).toBe('celery.beat:PersistentScheduler');
  });

  test('is ready while it ticks, at least every five seconds, and alive if it has in the last five minutes', () => {
    expect(option(objects, '--max-interval')).toBe('5');
    const { readinessProbe, livenessProbe } = containerOf(objects);
    expect(readinessProbe.exec.command.slice(3)).toEqual(['/tmp/repoctl/tick', '15']);
    // The age is its patience.
    expect(readinessProbe.failureThreshold).toBe(1);
    expect(livenessProbe.exec.command.slice(3)).toEqual(['/tmp/repoctl/tick', '300']);
  });

  test('has nothing to finish when it stops', () => {
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(15);
  });
});

describeFields(celeryBeat, minimal, build, {
  ...common,
  ports: portsCase(),
  metrics: metricsCase(),
  env: {
    given: { COLOUR: 'red' },
    seen: (objects) => environmentOf(containerOf(objects)).COLOUR,
    expected: 'red',
  },
  app: { given: 'other', seen: (objects) => option(objects, '--app'), expected: 'other' },
  logLevel: { given: 'ERROR', seen: (objects) => option(objects, '--loglevel'), expected: 'ERROR' },
  options: {
    given: ['--quiet'],
    seen: (objects) => containerOf(objects).command.at(-1),
    expected: '--quiet',
  },
  startupSeconds: startupCase,
  scheduler: {
    given: 'redbeat:RedBeatScheduler',
    seen: (objects) => environmentOf(containerOf(objects)).REPOCTL_BEAT_SCHEDULER,
    expected: 'redbeat:RedBeatScheduler',
  },
  resources: resourcesCase,
});
