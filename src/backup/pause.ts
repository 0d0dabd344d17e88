import { type ApiKind, typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { workloadKinds } from '../../charts/kinds.ts';
import type { Project } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import { eachOf } from '../platform/each-of.ts';
import { TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { type PodState, podPatience, type WorkloadController } from './service-pods.ts';

/** What a paused object was before, as JSON: kept in the cluster, so that it outlives the command. */
export const pausedAnnotation = 'repoctl.dev/paused';

interface Pausable extends ManifestObject {
  readonly spec: { readonly replicas?: number; readonly suspend?: boolean };
  readonly status?: { readonly active?: number };
}

/** A project, and where it is. */
type Owner = Pick<Project, 'name' | 'namespace'>;

/** How an object of a kind is paused: a field, and its value while it is. */
interface Kind {
  readonly kind: ApiKind;
  readonly field: 'replicas' | 'suspend';
  readonly paused: number | boolean;
  readonly usual: number | boolean;
  /** Which of them are meant. @default all */
  readonly isIt?: (object: Pausable) => boolean;
  /** Whether there is something to pause. @default always */
  readonly concerned?: (object: Pausable) => boolean;
}

const statefulSet: Kind = { kind: 'StatefulSet', field: 'replicas', paused: 0, usual: 1 };

/** Whether a StatefulSet, or its pod, is a workload of the project's own: services are stopped one by one. */
const isWorkload = ({ metadata }: ManifestObject): boolean =>
  metadata?.labels?.[labelKeys.component] === workloadKinds.statefulset?.component;

const workloads: readonly Kind[] = [
  // First what starts others.
  { kind: 'CronJob', field: 'suspend', paused: true, usual: false },
  { kind: 'Deployment', field: 'replicas', paused: 0, usual: 1 },
  { ...statefulSet, isIt: isWorkload },
  {
    kind: 'Job',
    field: 'suspend',
    paused: true,
    usual: false,
    concerned: ({ status }) => (status?.active ?? 0) > 0,
  },
];
const annotations = (object: Pausable): Record<string, string> =>
  (object.metadata as { annotations?: Record<string, string> } | undefined)?.annotations ?? {};

/**
 * What an object was before it was paused; `undefined` if it is not, or if what stands there is none of the field's values.
 * Somebody may have edited it.
 */
function before({ paused }: Kind, object: Pausable): number | boolean | undefined {
  const noted = annotations(object)[pausedAnnotation];
  if (noted === undefined) return undefined;
  if (typeof paused === 'boolean') return { true: true, false: false }[noted];
  return /^\d{1,6}$/.test(noted) ? Number(noted) : undefined;
}

/** Paused by us, and by nothing else since: what was stopped before we came is as it was. */
function isPausedAs(kind: Kind, object: Pausable): boolean {
  const { [kind.field]: current = kind.usual } = object.spec;
  const earlier = before(kind, object);
  return earlier !== undefined && current === kind.paused && earlier !== kind.paused;
}

async function pause(cluster: Cluster, kind: Kind, object: Pausable): Promise<void> {
  const current = object.spec[kind.field] ?? kind.usual;
  // What an earlier command, that was killed, has paused was something else before.
  const earlier = (current === kind.paused ? before(kind, object) : undefined) ?? current;
  await cluster.patch(
    { ...typeMeta(kind.kind), metadata: object.metadata },
    {
      metadata: { annotations: { [pausedAnnotation]: JSON.stringify(earlier) } },
      spec: { [kind.field]: kind.paused },
    },
  );
}

async function resume(cluster: Cluster, kind: Kind, object: Pausable): Promise<void> {
  if (annotations(object)[pausedAnnotation] === undefined) return;
  // Started by something else since, it keeps what that gave it.
  const spec = isPausedAs(kind, object) ? { spec: { [kind.field]: before(kind, object) } } : {};
  await cluster.patch(
    { ...typeMeta(kind.kind), metadata: object.metadata },
    { metadata: { annotations: { [pausedAnnotation]: null } }, ...spec },
  );
}

async function listed(cluster: Cluster, { kind, isIt = () => true }: Kind, project: Owner): Promise<Pausable[]> {
  const labels = { [labelKeys.project]: project.name };
  return (await cluster.list<Pausable>(kind, { namespace: project.namespace, labels })).filter(isIt);
}

interface OwnedPod extends PodState {
  readonly metadata: NonNullable<ManifestObject['metadata']> & { readonly ownerReferences?: { kind: string }[] };
}

/** The pods with labels that have not ended. */
async function runningPods(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Promise<OwnedPod[]> {
  const pods = await cluster.list<OwnedPod>('Pod', { namespace, labels });
  return pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
}

/** Pods that belong to what has been paused: all but those of services. */
async function runningWorkloads(cluster: Cluster, project: Owner): Promise<OwnedPod[]> {
  const pods = await runningPods(cluster, project.namespace, { [labelKeys.project]: project.name });
  const isOf = (pod: OwnedPod, ...kinds: string[]) =>
    pod.metadata.ownerReferences?.some(({ kind }) => kinds.includes(kind)) ?? false;
  return pods.filter((pod) => isOf(pod, 'ReplicaSet', 'Job') || (isOf(pod, 'StatefulSet') && isWorkload(pod)));
}

/** Waits until none of some pods runs. @throws TimeoutError */
async function awaitStopped(running: () => Promise<OwnedPod[]>, signal?: AbortSignal): Promise<void> {
  await poll(
    async (waiting) => {
      const names = (await running()).map(({ metadata }) => metadata.name ?? '');
      return names.length === 0 || waiting(names.join(', '));
    },
    (why) => new TimeoutError(`still running after ${podPatience / 1000} s: ${why}`, 'Try again'),
    { timeout: podPatience, signal },
  );
}

/**
 * Stops all that could read or write a project's data, its services aside, and waits until it is gone.
 *
 * @throws TimeoutError if something doesn't stop
 */
export async function pauseWorkloads(cluster: Cluster, project: Owner, signal?: AbortSignal): Promise<void> {
  for (const kind of workloads) {
    const objects = (await listed(cluster, kind, project)).filter(kind.concerned ?? (() => true));
    await eachOf(objects, (object) => pause(cluster, kind, object));
  }
  await awaitStopped(() => runningWorkloads(cluster, project), signal);
}

/** The objects of a workload: a job's have a hash in their names. */
async function objectsOf(cluster: Cluster, namespace: string, { kind, object }: WorkloadController) {
  const paused = workloads.find((each) => each.kind === kind);
  if (!paused) throw new TypeError(`a ${kind} can't be paused`);
  const labels = { [labelKeys.instance]: object };
  return { paused, objects: await cluster.list<Pausable>(kind, { namespace, labels }) };
}

/**
 * Stops single workloads and waits until their pods are gone.
 *
 * @throws TimeoutError if one doesn't stop
 */
export async function pauseControllers(
  cluster: Cluster,
  namespace: string,
  controllers: readonly WorkloadController[],
  signal?: AbortSignal,
): Promise<void> {
  for (const each of controllers) {
    const { paused, objects } = await objectsOf(cluster, namespace, each);
    await eachOf(objects.filter(paused.concerned ?? (() => true)), (object) => pause(cluster, paused, object));
  }
  for (const { object } of controllers)
    await awaitStopped(() => runningPods(cluster, namespace, { [labelKeys.instance]: object }), signal);
}

/** Brings single workloads back. */
export async function resumeControllers(
  cluster: Cluster,
  namespace: string,
  controllers: readonly WorkloadController[],
): Promise<void> {
  for (const each of controllers) {
    const { paused, objects } = await objectsOf(cluster, namespace, each);
    await eachOf(objects, (object) => resume(cluster, paused, object));
  }
}

/** Whether a command that was cut short has left a project's workloads stopped. */
export async function areWorkloadsPaused(cluster: Cluster, project: Owner): Promise<boolean> {
  for (const kind of workloads) {
    const objects = await listed(cluster, kind, project);
    if (objects.some((object) => isPausedAs(kind, object))) return true;
  }
  return false;
}

/** Brings back what was paused, by this command or by one that was killed. */
export async function resumeWorkloads(cluster: Cluster, project: Owner): Promise<void> {
  for (const kind of [...workloads].reverse())
    await eachOf(await listed(cluster, kind, project), (object) => resume(cluster, kind, object));
}

/** Stops a stateful service and waits until its pod is gone. */
export async function pauseService(
  cluster: Cluster,
  service: { readonly namespace: string; readonly object: string; readonly pod: string },
  signal?: AbortSignal,
): Promise<void> {
  const { namespace, object, pod } = service;
  const found = await cluster.get<Pausable>({ ...typeMeta(statefulSet.kind), metadata: { namespace, name: object } });
  if (found) await pause(cluster, statefulSet, found);
  await poll(
    async () => !(await cluster.get({ ...typeMeta('Pod'), metadata: { namespace, name: pod } })),
    () => new TimeoutError(`${namespace}/${pod} does not stop`, `repoctl status ${namespace}`),
    { timeout: podPatience, signal },
  );
}

/** Brings a stateful service back. */
export async function resumeService(
  cluster: Cluster,
  { namespace, object }: { readonly namespace: string; readonly object: string },
): Promise<void> {
  const found = await cluster.get<Pausable>({ ...typeMeta(statefulSet.kind), metadata: { namespace, name: object } });
  if (found) await resume(cluster, statefulSet, found);
}

/** Whether a stateful service is paused by us; a command that was killed has left it so. */
export async function isPaused(
  cluster: Cluster,
  { namespace, object }: { readonly namespace: string; readonly object: string },
): Promise<boolean> {
  const found = await cluster.get<Pausable>({ ...typeMeta(statefulSet.kind), metadata: { namespace, name: object } });
  return found !== undefined && isPausedAs(statefulSet, found);
}

/** Brings back the stateful services that a command that was killed has left stopped. */
export const resumeServices = (
  cluster: Cluster,
  services: readonly { readonly namespace: string; readonly object: string }[],
): Promise<void> => eachOf(services, (service) => resumeService(cluster, service));
