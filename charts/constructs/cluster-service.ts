import { Construct } from 'constructs';
import { addService } from '../common/k8s.ts';
import { objectLabels, selectorLabels } from '../common/labels.ts';
import type { PodProps } from '../common/pod.ts';

/** The Service in front of the pods of one workload: its container's ports, under their names. */
export class ClusterService extends Construct {
  constructor(scope: Construct, id: string, { labelled, container }: Pick<PodProps, 'labelled' | 'container'>) {
    super(scope, id);
    addService(this, 'service', {
      metadata: { name: labelled.object, labels: objectLabels(labelled) },
      spec: {
        type: 'ClusterIP',
        selector: selectorLabels(labelled),
        ports: Object.entries(container.ports ?? {}).map(([name, port]) => ({
          name,
          port,
          targetPort: name,
        })),
      },
    });
  }
}
