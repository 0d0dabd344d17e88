import { z } from 'zod';
import { resources, seconds } from '../common/fields.ts';
import type { WorkloadKind } from '../common/kind.ts';
import { metricsOf } from '../common/metrics.ts';
import { servicePorts } from '../common/ports.ts';
import { filesAreFresh, type Probes, probes } from '../common/probes.ts';
import { autoscaleField, replicas, statedReplicas } from '../common/scaling.ts';
import { files, module, staleSeconds, stuckSeconds } from './celery-module.ts';
import { CeleryProcess, celeryFields } from './celery-process.ts';
import { strategyOf } from './deployed-service.ts';
import { portCheck } from './port-check.ts';

const component = 'worker';

const schema = z.strictObject({
  ...celeryFields,
  queues: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Queues that it takes tasks from. Default: the application’s.'),
  concurrency: z.int().min(1).max(256).default(2).describe('Number of tasks at a time in each pod.'),
  pool: z
    .enum(['prefork', 'threads', 'solo', 'gevent', 'eventlet'])
    .default('prefork')
    .describe('How it runs tasks in parallel.'),
  taskSeconds: seconds
    .default(60)
    .describe('How long its longest task takes. When it is stopped, it finishes running tasks first.'),
  replicas,
  autoscale: autoscaleField,
  resources: resources(['100m', '192Mi'], ['2', '768Mi']),
});

type CeleryWorkerSettings = z.output<typeof schema>;

/**
 * A worker is ready while it takes tasks and its heart beats, every two seconds. It is restarted only after five minutes
 * without, so that a broker that is away does not restart the workers. The pool `solo` does not beat while it runs a task.
 */
function workerProbes({ pool, taskSeconds, startupSeconds }: CeleryWorkerSettings, reloads: boolean): Probes {
  const task = pool === 'solo' ? taskSeconds : 0;
  const supervisor = (maxAgeSeconds: number) => (reloads ? [{ path: files.reload, maxAgeSeconds }] : []);
  const beats = (seconds: number) => [{ path: files.heartbeat, maxAgeSeconds: seconds + task }, ...supervisor(seconds)];
  return probes(
    {
      ready: filesAreFresh(...beats(staleSeconds), { path: files.ready }),
      alive: filesAreFresh(...beats(stuckSeconds)),
    },
    startupSeconds,
    1,
  );
}

export const celeryWorker: WorkloadKind<CeleryWorkerSettings> = {
  summary: 'A Celery worker: a Deployment. Its probes read the age of a file that its heartbeat touches.',
  component,
  schema,
  controller: 'Deployment',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  metrics: (settings) => metricsOf(settings),
  build(scope, workload, context) {
    const { settings } = workload;
    return new CeleryProcess(scope, workload, context, {
      component,
      replicas: statedReplicas(settings, context.development),
      strategy: strategyOf(settings),
      // A warm shutdown has no limit of its own; the rest is for the pool and the connections to close.
      graceSeconds: settings.taskSeconds + 15,
      variables: context.variables,
      role: 'worker',
      arguments: [
        ...['--loglevel', settings.logLevel, '--hostname', `${workload.name}@%h`],
        ...['--concurrency', String(settings.concurrency), '--pool', settings.pool],
        ...(settings.queues ? ['--queues', settings.queues.join(',')] : []),
        ...['--include', module],
      ],
      probes: workerProbes(settings, context.synced.length > 0),
    });
  },
};
