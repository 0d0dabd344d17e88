import { Construct } from 'constructs';
import { z } from 'zod';
import { resources } from '../common/fields.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { healthCheck, probeAction, probes } from '../common/probes.ts';
import { commandField, replicas, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { DeployedService } from './deployed-service.ts';

const component = 'worker';

const schema = z.strictObject({
  ...workloadFields,
  command: commandField,
  health: healthCheck.refine((check) => !('path' in check) || check.port !== undefined, {
    path: ['port'],
    message: 'is required beside a path: a worker has no port of its own',
  }),
  replicas,
  startupSeconds,
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

type WorkerSettings = z.output<typeof schema>;

/** A process that nobody connects to, for instance one that reads a queue or a stream: a Deployment. */
export class Worker extends Construct {
  constructor(scope: Construct, workload: Workload<WorkerSettings>, context: WorkloadContext) {
    super(scope, workload.name);
    const { settings } = workload;
    new DeployedService(this, 'worker', {
      labelled: labelled(workload, component),
      replicas: settings.replicas,
      strategy: 'RollingUpdate',
      user: settings.user,
      group: settings.group,
      graceSeconds: settings.stopSeconds,
      init: context.waits,
      container: {
        name: workload.name,
        image: context.image,
        command: settings.command,
        args: settings.args,
        variables: context.variables,
        resources: settings.resources,
        probes: probes({ ready: probeAction(settings.health) }, settings.startupSeconds),
        writableRoot: context.writableRoot,
      },
    });
  }
}

export const worker: WorkloadKind<WorkerSettings> = {
  summary: 'Any process that nobody connects to: a Deployment.',
  component,
  schema,
  controller: 'Deployment',
  ports: () => [],
  build: (scope, workload, context) => {
    new Worker(scope, workload, context);
  },
};
