import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { addStatefulSet } from '../common/k8s.ts';
import { objectLabels, selectorLabels } from '../common/labels.ts';
import { type PodProps, podTemplate } from '../common/pod.ts';
import { addClusterService } from './cluster-service.ts';

export interface StatefulServiceProps extends PodProps {
  /** @default none */
  readonly claim?: { readonly path: string; readonly size: string };
}

/** One pod, most often with a claim that outlives it, and a Service in front: a database, a broker, a store. */
export class StatefulService extends Construct {
  readonly service: ApiObject;
  readonly statefulSet: ApiObject;

  constructor(scope: Construct, id: string, props: StatefulServiceProps) {
    super(scope, id);
    const { labelled, claim } = props;
    const labels = objectLabels(labelled);
    this.service = addClusterService(this, 'service', props);
    this.statefulSet = addStatefulSet(this, 'stateful-set', {
      metadata: { name: labelled.object, labels },
      spec: {
        serviceName: labelled.object,
        replicas: 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorLabels(labelled) },
        template: podTemplate({
          ...props,
          container: {
            ...props.container,
            mounts: [...(props.container.mounts ?? []), ...(claim ? [{ volume: 'data', path: claim.path }] : [])],
          },
        }),
        volumeClaimTemplates: claim && [claimTemplate(labels, claim.size)],
      },
    });
    this.node.defaultChild = this.statefulSet;
  }
}

/**
 * A claim's template with all that the API would fill in. The list is owned as a whole: where it differs from what is
 * kept, the next one who applies the same manifest is told of a conflict.
 */
const claimTemplate = (labels: Record<string, string>, storage: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', labels },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, volumeMode: 'Filesystem' },
  status: { phase: 'Pending' },
});
