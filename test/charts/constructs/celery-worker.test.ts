import { describe, expect, test } from '@jest/globals';
import { celeryWorker } from '../../../charts/constructs/celery-worker.ts';
import type { PresetName } from '../../../charts/model.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, type Objects, one, podOf } from '../objects.ts';
import { metricsCase, portsCase } from '../pod-field-cases.ts';
import { autoscaleCase, resourcesCase, startupCase, workloadFieldCases, workloadObjects } from '../workload-fields.ts';

const minimal = { app: 'shop.worker:app' };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('celery-worker', { ...minimal, ...settings }, profile);
const { args: _args, ...common } = workloadFieldCases;

/** What follows an option of the celery command. */
const option = (objects: Objects, name: string) => {
  const { command } = containerOf(objects);
  return command.includes(name) ? command[command.indexOf(name) + 1] : undefined;
};

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod, and no Service', () => {
    expect(one(objects, 'Deployment').metadata.name).toBe('shop-it');
    expect(one(objects, 'Deployment').spec.replicas).toBe(1);
    expect(all(objects, 'Service')).toEqual([]);
  });

  test('celery becomes process 1, so that SIGTERM reaches it', () => {
    expect(containerOf(objects).command.slice(0, 3)).toEqual(['sh', '-c', expect.stringMatching(/exec "\$0" "\$@"$/)]);
    expect(containerOf(objects).command.slice(3, 7)).toEqual(['celery', '--app', 'shop.worker:app', 'worker']);
  });

  test('loads the module that tells how it is doing, without taking the path of the image away', () => {
    expect(option(objects, '--include')).toBe('repoctl_celery');
    expect(containerOf(objects).command[2]).toContain('PYTHONPATH="/etc/repoctl/celery${PYTHONPATH:+:$PYTHONPATH}"');
    expect(containerOf(objects).volumeMounts).toContainEqual({
      name: 'module',
      mountPath: '/etc/repoctl/celery',
      readOnly: true,
    });
    expect(Object.keys(one(objects, 'ConfigMap', 'shop-it-module').data)).toEqual(['repoctl_celery.py']);
  });

  test('works two tasks at a time, from the queues of the application', () => {
    expect(option(objects, '--concurrency')).toBe('2');
    expect(option(objects, '--pool')).toBe('prefork');
    expect(option(objects, '--queues')).toBeUndefined();
  });

  test('has the time of its longest task to stop, and some more', () => {
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(75);
  });

  const ages = (built: Objects) => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(built);
    return [startupProbe, readinessProbe, livenessProbe].map((probe) => probe.exec.command.slice(3).join(' '));
  };

  test('is ready while it takes tasks and its heart beats, and alive if it has beaten in the last five minutes', () => {
    expect(ages(objects)).toEqual([
      '/tmp/repoctl/heartbeat 300',
      '/tmp/repoctl/heartbeat 15 /tmp/repoctl/ready any',
      '/tmp/repoctl/heartbeat 300',
    ]);
    expect(containerOf(objects).readinessProbe.failureThreshold).toBe(1);
  });

  test('has no heartbeat while it runs a task if it does everything in one process', () => {
    expect(ages(build({ pool: 'solo', taskSeconds: 600 }))).toEqual([
      '/tmp/repoctl/heartbeat 900',
      '/tmp/repoctl/heartbeat 615 /tmp/repoctl/ready any',
      '/tmp/repoctl/heartbeat 900',
    ]);
  });
});

describe('with synced sources, in development', () => {
  const objects = projectObjectsOf({
    images: { app: [{ from: 'src', to: '/app/src' }] },
    workloads: { it: { kind: 'celery-worker', ...minimal } },
  });

  test('is started by the program that starts it again', () => {
    const { command } = containerOf(objects);
    expect(command.slice(3, 8)).toEqual(['python', '-m', 'repoctl_reload', 'worker', '/app/src']);
    expect(command.slice(8, 13)).toEqual(['--', 'celery', '--app', 'shop.worker:app', 'worker']);
  });

  test('is ready only while that program works, too', () => {
    const { readinessProbe } = containerOf(objects);
    expect(readinessProbe.exec.command.join(' ')).toContain('/tmp/repoctl/reload 15');
  });

  test('has that program beside the module', () => {
    const { data } = one(objects, 'ConfigMap', 'shop-it-module');
    expect(Object.keys(data)).toEqual(['repoctl_celery.py', 'repoctl_reload.py', 'repoctl_libraries.py']);
  });
});

test('is not started again in production, where nothing is synced', () => {
  const objects = projectObjectsOf(
    {
      images: { app: [{ from: 'src', to: '/app/src' }] },
      workloads: { it: { kind: 'celery-worker', ...minimal } },
    },
    { profile: 'production' },
  );
  expect(containerOf(objects).command.join(' ')).not.toContain('repoctl_reload');
});

describeFields(celeryWorker, minimal, build, {
  ...common,
  ports: portsCase(),
  metrics: metricsCase(),
  autoscale: autoscaleCase,
  app: { given: 'other', seen: (objects) => option(objects, '--app'), expected: 'other' },
  logLevel: { given: 'DEBUG', seen: (objects) => option(objects, '--loglevel'), expected: 'DEBUG' },
  options: {
    given: ['--max-tasks-per-child', '100'],
    seen: (objects) => containerOf(objects).command.slice(-2),
    expected: ['--max-tasks-per-child', '100'],
  },
  startupSeconds: startupCase,
  queues: { given: ['mail', 'urgent'], seen: (objects) => option(objects, '--queues'), expected: 'mail,urgent' },
  concurrency: { given: 16, seen: (objects) => option(objects, '--concurrency'), expected: '16' },
  pool: { given: 'gevent', seen: (objects) => option(objects, '--pool'), expected: 'gevent' },
  taskSeconds: {
    given: 600,
    seen: (objects) => podOf(objects).terminationGracePeriodSeconds,
    expected: 615,
  },
  replicas: { given: 3, seen: (objects) => one(objects, 'Deployment').spec.replicas, expected: 3 },
  resources: resourcesCase,
});
