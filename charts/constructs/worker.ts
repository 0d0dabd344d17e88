import type { Construct } from 'constructs';
import { z } from 'zod';
import { resources } from '../common/fields.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { portsField, servicePorts } from '../common/ports.ts';
import { ownHealthCheck, probeAction, probes } from '../common/probes.ts';
import { commandField, replicas, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { DeployedService, strategyOf } from './deployed-service.ts';
import { portCheck } from './port-check.ts';

const component = 'worker';

const schema = z.strictObject({
  ...workloadFields,
  command: commandField,
  ports: portsField,
  health: ownHealthCheck,
  replicas,
  startupSeconds,
  stopSeconds,
  resources: resources(['50m', '64Mi'], ['1', '512Mi']),
});

type WorkerSettings = z.output<typeof schema>;

/** A process that keeps running, for instance one that reads a queue or a stream: a Deployment, and a Service if it has ports. */
export class Worker extends DeployedService {
  constructor(scope: Construct, workload: Workload<WorkerSettings>, context: WorkloadContext) {
    const { replicas, health, startupSeconds, ports } = workload.settings;
    const pod = workloadPod(workload, component, context);
    super(scope, workload.name, {
      ...pod,
      replicas,
      strategy: strategyOf(workload.settings),
      container: { ...pod.container, ports, probes: probes({ ready: probeAction(health) }, startupSeconds) },
    });
  }
}

export const worker: WorkloadKind<WorkerSettings> = {
  summary: 'Any process that keeps running: a Deployment, and a Service if it has ports.',
  component,
  schema,
  controller: 'Deployment',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  build: (scope, workload, context) => new Worker(scope, workload, context),
};
