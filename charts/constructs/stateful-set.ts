import type { Construct } from 'constructs';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { metricsOf } from '../common/metrics.ts';
import { servicePorts } from '../common/ports.ts';
import { probeAction, probes } from '../common/probes.ts';
import { declaredVolumes } from '../common/volumes.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { portCheck } from './port-check.ts';
import { type ProcessSettings, processSchema } from './process-schema.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'stateful';

/** Pods with names and claims of their own. */
export class ProjectStatefulSet extends StatefulService {
  constructor(scope: Construct, workload: Workload<ProcessSettings>, context: WorkloadContext) {
    const { replicas, health, ready = health, startupSeconds, ports, volumes } = workload.settings;
    const pod = workloadPod(workload, component, context, { claimTemplates: true });
    super(scope, workload.name, {
      ...pod,
      replicas,
      peers: true,
      claims: declaredVolumes(workload.object, volumes, true).claims,
      container: {
        ...pod.container,
        ports,
        probes: probes({ ready: probeAction(ready), alive: probeAction(health) }, startupSeconds),
      },
    });
  }
}

export const statefulSet: WorkloadKind<ProcessSettings> = {
  summary:
    'A process whose pods have names of their own (`NAME-0.NAME-peers`), and claims of their own under `volumes`: a ' +
    'StatefulSet.',
  component,
  schema: processSchema,
  controller: 'StatefulSet',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  metrics: (settings) => metricsOf(settings),
  build: (scope, workload, context) => new ProjectStatefulSet(scope, workload, context),
};
