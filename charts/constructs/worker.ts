import type { Construct } from 'constructs';
import type { z } from 'zod';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { metricsOf } from '../common/metrics.ts';
import { servicePorts } from '../common/ports.ts';
import { probeAction, probes } from '../common/probes.ts';
import { autoscaleField, statedReplicas } from '../common/scaling.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { DeployedService, strategyOf } from './deployed-service.ts';
import { portCheck } from './port-check.ts';
import { processSchema } from './process-schema.ts';

const component = 'worker';

const schema = processSchema.extend({ autoscale: autoscaleField });

type WorkerSettings = z.output<typeof schema>;

/** A process that keeps running, for instance one that reads a queue or a stream: a Deployment, and a Service if it has ports. */
export class Worker extends DeployedService {
  constructor(scope: Construct, workload: Workload<WorkerSettings>, context: WorkloadContext) {
    const { health, ready = health, startupSeconds, ports } = workload.settings;
    const pod = workloadPod(workload, component, context);
    super(scope, workload.name, {
      ...pod,
      replicas: statedReplicas(workload.settings, context.development),
      strategy: strategyOf(workload.settings),
      container: {
        ...pod.container,
        ports,
        probes: probes({ ready: probeAction(ready), alive: probeAction(health) }, startupSeconds),
      },
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
  metrics: (settings) => metricsOf(settings),
  build: (scope, workload, context) => new Worker(scope, workload, context),
};
