import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { addDeployment } from '../common/k8s.ts';
import { selectorLabels } from '../common/labels.ts';
import { controllerMetadata, type PodProps, podTemplate } from '../common/pod.ts';
import type { PodSettings } from '../common/pod-fields.ts';
import { addClusterService } from './cluster-service.ts';

export interface DeployedServiceProps extends PodProps {
  /** None where Kubernetes sets the number. */
  readonly replicas: number | undefined;
  /**
   * How pods are replaced: one more before one less, or all stopped before the first is started (for what may not run
   * twice).
   */
  readonly strategy: 'RollingUpdate' | 'Recreate';
}

/** Pods without a claim of their own, and a Service in front if they have ports. */
export class DeployedService extends Construct {
  /** The Service in front; none without ports. */
  readonly service?: ApiObject;
  readonly deployment: ApiObject;

  constructor(scope: Construct, id: string, props: DeployedServiceProps) {
    super(scope, id);
    const { labelled } = props;
    if (props.container.ports) this.service = addClusterService(this, 'service', props);
    this.deployment = addDeployment(this, 'deployment', {
      metadata: controllerMetadata(props),
      spec: {
        replicas: props.replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorLabels(labelled) },
        strategy:
          props.strategy === 'Recreate'
            ? { type: 'Recreate' }
            : { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: podTemplate(props),
      },
    });
    this.node.defaultChild = this.deployment;
  }
}

/** How pods are replaced that have these volumes: a claim that one pod mounts at a time can't be that of the next one yet. */
export const strategyOf = ({ volumes = {} }: PodSettings): DeployedServiceProps['strategy'] =>
  Object.values(volumes).some(({ claim }) => claim?.accessModes.every((mode) => mode.startsWith('ReadWriteOnce')))
    ? 'Recreate'
    : 'RollingUpdate';
