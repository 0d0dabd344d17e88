import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ImagePull } from '../../charts/common/image-pull.ts';
import type { Service } from '../../charts/common/kind.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import type { ContainerReference } from '../cluster/exec.ts';
import { ClusterError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';

/** A pod of a service, and the container with its programs. */
export interface ServicePod {
  readonly service: string;
  readonly namespace: string;
  /** Name of its objects. */
  readonly object: string;
  readonly pod: string;
  readonly container: string;
  /** Name of the claim with its data. */
  readonly claim: string;
  /** The command that starts it. */
  readonly start: string;
}

/** A server whose claim is copied while it is stopped. */
export interface ClaimServer extends ServicePod {
  /** The workloads that mount the claim, if it is no service's. */
  readonly workloads?: readonly WorkloadController[];
  /** Where its claim is mounted in the pod that copies it. */
  readonly folder: string;
  readonly user: number;
  readonly group?: number;
  /** How the pod that copies it pulls its image. */
  readonly pull?: ImagePull;
}

/** What the pods of a workload belong to. */
export interface WorkloadController {
  readonly kind: 'Deployment' | 'StatefulSet' | 'CronJob' | 'Job';
  /** A job's without its hash. */
  readonly object: string;
}

/** Name of the claim that a pod of a StatefulSet has of a template. */
export const templateClaim = (template: string, pod: string): string => `${template}-${pod}`;

/** The pod of a service that is a StatefulSet of one pod. */
export const podOf = ({ name, namespace, object, owner }: Service, container = name): ServicePod => ({
  service: name,
  namespace,
  object,
  pod: `${object}-0`,
  container,
  claim: templateClaim('data', `${object}-0`),
  start: owner.project ? `repoctl infra project start ${owner.project}` : 'repoctl infra global start',
});

/** The same for a service of an environment's global tier, by its name. */
export const globalPod = (
  environment: { readonly name: string; readonly namespace: string },
  service: string,
): ServicePod => ({
  service,
  namespace: environment.namespace,
  object: `${environment.name}-${service}`,
  pod: `${environment.name}-${service}-0`,
  container: service,
  claim: templateClaim('data', `${environment.name}-${service}-0`),
  start: 'repoctl infra global start',
});

/** The parts of a pod that are read. */
export interface PodState extends ManifestObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { reason?: string; message?: string } };
    }[];
  };
}

/** How long to wait for a pod, in milliseconds. */
export const podPatience = 180_000;

/** The main container of a service, as `exec` takes it. */
export const containerOf = ({ namespace, pod, container }: ServicePod): ContainerReference => ({
  namespace,
  pod,
  container,
});

/** Whether a pod is there and passes its readiness probe. */
export const isReady = (pod: PodState | undefined): boolean =>
  pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** How to wait. */
export interface Waiting {
  readonly signal?: AbortSignal;
  /** Gets the reason for waiting. @default none */
  readonly report?: (line: string) => void;
}

/** Why a pod is not ready, in its own words. */
function lack(pod: PodState | undefined): string {
  if (!pod) return 'it is not there';
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  if (waiting?.reason) return waiting.message ? `${waiting.reason}: ${waiting.message}` : waiting.reason;
  const unready = pod.status?.conditions?.find(({ status, message }) => status === 'False' && message);
  return unready?.message ?? pod.status?.phase ?? 'it has not begun';
}

/** Waits until a pod is ready, three minutes at most. @throws TimeoutError with why it is not */
export function waitUntilReady(
  cluster: Cluster,
  { namespace, pod: name }: { readonly namespace: string; readonly pod: string },
  { signal, report }: Waiting = {},
): Promise<true> {
  return poll(
    async (waiting) => {
      const pod = await cluster.get<PodState>({ ...typeMeta('Pod'), metadata: { namespace, name } });
      return isReady(pod) || waiting(lack(pod));
    },
    (why) =>
      new TimeoutError(
        `${namespace}/${name} is not ready after ${podPatience / 1000} s: ${why}`,
        `repoctl status ${namespace}`,
      ),
    { timeout: podPatience, signal, report: (why) => report?.(`waiting for ${namespace}/${name}: ${why}`) },
  );
}

/**
 * Waits until the pod of a service is ready.
 *
 * @throws ClusterError if it is stopped, TimeoutError if it doesn't get ready
 */
export async function waitForPod(cluster: Cluster, service: ServicePod, how: Waiting = {}): Promise<void> {
  const { namespace, object, start } = service;
  const controller = { ...typeMeta('StatefulSet'), metadata: { namespace, name: object } };
  const set = await cluster.get<{ spec: { replicas?: number } }>(controller);
  if (!set) throw new ClusterError(`there is no ${object} in the namespace ${namespace} of ${cluster.context}`, start);
  if (set.spec.replicas === 0) throw new ClusterError(`${object} in ${namespace} is stopped`, start);
  await waitUntilReady(cluster, service, how);
}

/** The image that a service runs in: it stands for the version of a server that can't be asked. */
export async function imageOf(cluster: Cluster, { namespace, object }: ServicePod): Promise<string | undefined> {
  interface StatefulSet extends ManifestObject {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
    };
  }
  const metadata = { namespace, name: object };
  const set = await cluster.get<StatefulSet>({ ...typeMeta('StatefulSet'), metadata });
  return set?.spec.template.spec.containers[0]?.image;
}
