import type { Construct } from 'constructs';
import { z } from 'zod';
import { resources } from '../common/fields.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { healthCheck, probeAction, probes } from '../common/probes.ts';
import { commandField, replicas, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { DeployedService } from './deployed-service.ts';

const component = 'worker';

const schema = z.strictObject({
  ...workloadFields,
  command: commandField,
  health: healthCheck
    .refine((check) => !('path' in check) || check.port !== undefined, {
      path: ['port'],
      message: 'is required beside a path: a worker has no port of its own',
    })
    .describe('One of `{path, port}`, `{tcp}`, `{command}`, `{file, maxAgeSeconds}`.'),
  replicas,
  startupSeconds,
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

type WorkerSettings = z.output<typeof schema>;

/** A process that nobody connects to, for instance one that reads a queue or a stream: a Deployment. */
export class Worker extends DeployedService {
  constructor(scope: Construct, workload: Workload<WorkerSettings>, context: WorkloadContext) {
    const { replicas, health, startupSeconds } = workload.settings;
    const pod = workloadPod(workload, component, context);
    super(scope, workload.name, {
      ...pod,
      replicas,
      strategy: 'RollingUpdate',
      container: { ...pod.container, probes: probes({ ready: probeAction(health) }, startupSeconds) },
    });
  }
}

export const worker: WorkloadKind<WorkerSettings> = {
  summary: 'Any process that nobody connects to: a Deployment.',
  component,
  schema,
  controller: 'Deployment',
  ports: () => [],
  build: (scope, workload, context) => new Worker(scope, workload, context),
};
