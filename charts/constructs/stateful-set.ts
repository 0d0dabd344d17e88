import type { Construct } from 'constructs';
import { z } from 'zod';
import { resources } from '../common/fields.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { portsField, servicePorts } from '../common/ports.ts';
import { ownHealthCheck, probeAction, probes } from '../common/probes.ts';
import { declaredVolumes } from '../common/volumes.ts';
import { commandField, replicas, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { portCheck } from './port-check.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'stateful';

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

type StatefulSetSettings = z.output<typeof schema>;

/** Pods with names and claims of their own. */
export class ProjectStatefulSet extends StatefulService {
  constructor(scope: Construct, workload: Workload<StatefulSetSettings>, context: WorkloadContext) {
    const { replicas, health, startupSeconds, ports, volumes } = workload.settings;
    const pod = workloadPod(workload, component, context, { claimTemplates: true });
    super(scope, workload.name, {
      ...pod,
      replicas,
      peers: true,
      claims: declaredVolumes(workload.object, volumes, true).claims,
      container: { ...pod.container, ports, probes: probes({ ready: probeAction(health) }, startupSeconds) },
    });
  }
}

export const statefulSet: WorkloadKind<StatefulSetSettings> = {
  summary:
    'A process whose pods have names of their own (`NAME-0.NAME-peers`), and claims of their own under `volumes`: a ' +
    'StatefulSet.',
  component,
  schema,
  controller: 'StatefulSet',
  check: portCheck,
  ports: ({ ports }) => servicePorts(ports),
  build: (scope, workload, context) => new ProjectStatefulSet(scope, workload, context),
};
