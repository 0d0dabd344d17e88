import { z } from 'zod';
import { resources } from '../common/fields.ts';
import type { WorkloadKind } from '../common/kind.ts';
import { metricsOf } from '../common/metrics.ts';
import { servicePorts } from '../common/ports.ts';
import { filesAreFresh, probes } from '../common/probes.ts';
import { files, module, schedulerVariable, staleSeconds, stuckSeconds } from './celery-module.ts';
import { CeleryProcess, celeryFields } from './celery-process.ts';
import { portCheck } from './port-check.ts';

const component = 'scheduler';
/** How long it sleeps at most before it looks again for what is due. */
const maximumIntervalSeconds = 5;

const schema = z.strictObject({
  ...celeryFields,
  scheduler: z
    .string()
    .regex(/^[A-Za-z_][\w.]*:[A-Za-z_]\w*$/, 'must be module:Class')
    .default('celery.beat:PersistentScheduler')
    .describe('Scheduler class, as for `celery beat --scheduler`.'),
  resources: resources(['20m', '96Mi'], ['500m', '256Mi']),
});

type CeleryBeatSettings = z.output<typeof schema>;

export const celeryBeat: WorkloadKind<CeleryBeatSettings> = {
  summary: 'Celery beat: a Deployment of one pod that is never doubled. Its probes read the age of its last tick.',
  component,
  schema,
  controller: 'Deployment',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  metrics: (settings) => metricsOf(settings),
  build(scope, workload, context) {
    const { settings } = workload;
    const reloads = context.synced.length > 0;
    const ticks = (maxAgeSeconds: number) =>
      filesAreFresh(...[files.tick, ...(reloads ? [files.reload] : [])].map((path) => ({ path, maxAgeSeconds })));
    return new CeleryProcess(scope, workload, context, {
      component,
      replicas: 1,
      strategy: 'Recreate',
      graceSeconds: 15,
      variables: [...context.variables, { name: schedulerVariable, value: settings.scheduler }],
      role: 'beat',
      arguments: [
        ...['--loglevel', settings.logLevel, '--max-interval', String(maximumIntervalSeconds)],
        ...['--schedule', '/tmp/celerybeat-schedule', '--pidfile', '', '--scheduler', `${module}:Scheduler`],
      ],
      probes: probes({ ready: ticks(staleSeconds), alive: ticks(stuckSeconds) }, settings.startupSeconds, 1),
    });
  },
};
