import type { Construct } from 'constructs';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { servicePorts } from '../common/ports.ts';
import { probeAction, probes } from '../common/probes.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { DeployedService, strategyOf } from './deployed-service.ts';
import { portCheck } from './port-check.ts';
import { type ProcessSettings, processSchema } from './process-schema.ts';

const component = 'worker';

/** A process that keeps running, for instance one that reads a queue or a stream: a Deployment, and a Service if it has ports. */
export class Worker extends DeployedService {
  constructor(scope: Construct, workload: Workload<ProcessSettings>, context: WorkloadContext) {
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

export const worker: WorkloadKind<ProcessSettings> = {
  summary: 'Any process that keeps running: a Deployment, and a Service if it has ports.',
  component,
  schema: processSchema,
  controller: 'Deployment',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  build: (scope, workload, context) => new Worker(scope, workload, context),
};
