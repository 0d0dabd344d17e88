import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from './client.ts';

/** The parts of a pod by which one is chosen to connect to. */
export interface ReachablePod extends ManifestObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** An object that finds its pods by labels: a Deployment, a StatefulSet, a Service. */
export interface Selecting extends ManifestObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Labels | { readonly matchLabels?: Labels };
    /** Of a Service. */
    readonly ports?: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
}

type Labels = Readonly<Record<string, string>>;

/** How well a pod can be connected to: 2 if it is ready, 1 if it runs, 0 if it can't be. */
function reachability({ metadata, status }: ReachablePod): 0 | 1 | 2 {
  if (metadata.deletionTimestamp !== undefined || status?.phase !== 'Running') return 0;
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? 2 : 1;
}

/** The pods that can be connected to, the best first: ready ones before others, then old ones before new ones. */
export const reachablePods = (pods: readonly ReachablePod[]): ReachablePod[] =>
  pods
    .filter((pod) => reachability(pod) > 0)
    .sort(
      (one, other) =>
        reachability(other) - reachability(one) ||
        (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? ''),
    );

/** The pods of an object that can be connected to, the best first. */
export async function podsOf(cluster: Cluster, { metadata, spec }: Selecting): Promise<ReachablePod[]> {
  const { selector = {} } = spec ?? {};
  const labels = (selector.matchLabels ?? selector) as Labels;
  // An empty selector would be that of all pods.
  if (Object.keys(labels).length === 0) return [];
  return reachablePods(await cluster.list<ReachablePod>('Pod', { namespace: metadata?.namespace, labels }));
}

/**
 * The port of a pod that a port of a Service leads to.
 *
 * @returns `undefined` if the Service has no such port, or the pod none of that name
 */
export function podPort(service: Selecting, port: number, pod: ReachablePod): number | undefined {
  const found = service.spec?.ports?.find((each) => each.port === port);
  if (!found) return undefined;
  const { targetPort = port } = found;
  if (typeof targetPort === 'number') return targetPort;
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.find(({ name }) => name === targetPort)?.containerPort;
}
