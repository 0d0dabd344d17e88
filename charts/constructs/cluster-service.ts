import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { addService } from '../common/k8s.ts';
import { objectLabels, selectorLabels } from '../common/labels.ts';
import { type PodProps, portsOf, transportOf } from '../common/pod.ts';
import { protocols } from '../common/ports.ts';

/** Adds the Service in front of the pods of one workload: its container's ports, under their names. */
export const addClusterService = (
  scope: Construct,
  id: string,
  { labelled, container }: Pick<PodProps, 'labelled' | 'container'>,
): ApiObject =>
  addService(scope, id, {
    metadata: { name: labelled.object, labels: objectLabels(labelled) },
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(labelled),
      ports: portsOf(container.ports).map((each) => ({
        name: each.name,
        port: each.port,
        targetPort: each.name,
        protocol: transportOf(each),
        appProtocol: protocols[each.protocol].appProtocol,
      })),
    },
  });
