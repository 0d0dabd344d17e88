import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { typeMeta } from '../common/api-versions.ts';
import { addService, addStatefulSet } from '../common/k8s.ts';
import { objectLabels, selectorLabels } from '../common/labels.ts';
import { controllerMetadata, type PodProps, podTemplate } from '../common/pod.ts';
import type { Claim } from '../common/volumes.ts';
import { addClusterService } from './cluster-service.ts';

export interface StatefulServiceProps extends PodProps {
  /** The claim `data` of each pod, and where it is mounted. @default none */
  readonly claim?: { readonly path: string; readonly size: string };
  /** Further claims of each pod, by name; they are mounted by the containers' `mounts`. @default none */
  readonly claims?: Readonly<Record<string, Claim>>;
  /** @default 1 */
  readonly replicas?: number;
  /** Whether its pods have names of their own, by which they find each other. @default false */
  readonly peers?: boolean;
  /**
   * Whether the Service that a StatefulSet names is one without an address, as Kubernetes asks for. The one of an earlier
   * version can't be changed, so that development, where nobody asks, has the Service in front. @default peers
   */
  readonly headless?: boolean;
}

/** Pods with claims that outlive them, and a Service in front: a database, a broker, a store. */
export class StatefulService extends Construct {
  /** The Service in front; none without ports. */
  readonly service?: ApiObject;
  readonly statefulSet: ApiObject;

  constructor(scope: Construct, id: string, props: StatefulServiceProps) {
    super(scope, id);
    const { labelled, claim, claims = {}, peers = false, headless = peers } = props;
    const labels = objectLabels(labelled);
    const own: Readonly<Record<string, Claim>> = claim
      ? { data: { storage: claim.size, accessModes: ['ReadWriteOnce'] }, ...claims }
      : claims;
    if (props.container.ports) this.service = addClusterService(this, 'service', props);
    const templates = Object.entries(own).map(([name, each]) => claimTemplate(name, labels, each));
    const serviceName = headless ? `${labelled.object}-peers` : labelled.object;
    if (headless)
      addService(this, 'peers', {
        metadata: { name: serviceName, labels },
        // Peers find each other before they are ready.
        spec: { clusterIP: 'None', publishNotReadyAddresses: peers || undefined, selector: selectorLabels(labelled) },
      });
    this.statefulSet = addStatefulSet(this, 'stateful-set', {
      metadata: controllerMetadata(props),
      spec: {
        serviceName,
        replicas: props.replicas ?? 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorLabels(labelled) },
        template: podTemplate({
          ...props,
          container: {
            ...props.container,
            mounts: [...(props.container.mounts ?? []), ...(claim ? [{ volume: 'data', path: claim.path }] : [])],
          },
        }),
        volumeClaimTemplates: templates.length > 0 ? templates : undefined,
      },
    });
    this.node.defaultChild = this.statefulSet;
  }
}

/** What a claim asks for. */
export const claimSpec = ({ storage, storageClassName, accessModes }: Claim) => ({
  accessModes,
  resources: { requests: { storage } },
  storageClassName,
  volumeMode: 'Filesystem',
});

/**
 * A claim's template with all that the API would fill in. The list is owned as a whole: where it differs from what is
 * kept, the next one who applies the same manifest is told of a conflict.
 */
const claimTemplate = (name: string, labels: Record<string, string>, claim: Claim) => ({
  ...typeMeta('PersistentVolumeClaim'),
  metadata: { name, labels },
  spec: claimSpec(claim),
  status: { phase: 'Pending' },
});
