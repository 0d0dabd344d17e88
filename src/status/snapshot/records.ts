import { backupScheduleAnnotation } from '../../../charts/common/database-cluster-of.ts';
import type {
  Condition,
  Container,
  ContainerStatus,
  CronJob,
  DaemonSet,
  DatabaseCluster,
  Deployment,
  EndpointSlice,
  Event,
  Job,
  Lease,
  Meta,
  Node,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
  StorageClass,
  Workload,
} from '../rules/objects.ts';
import { shared, sharedText } from './shared.ts';

/**
 * Objects of the API as small records: what the report reads of them, and nothing else. A pod's managed fields,
 * environment and volumes are most of its JSON, and none of its health.
 */
export const metaRecord = (meta: Meta & Managed): Meta => ({
  name: meta.name,
  namespace: sharedText(meta.namespace),
  uid: meta.uid,
  labels: shared(meta.labels ?? undefined),
  creationTimestamp: sharedText(meta.creationTimestamp),
  deletionTimestamp: meta.deletionTimestamp,
  generation: meta.generation,
  finalizers: meta.finalizers ?? undefined,
  ownerReferences: shared(meta.ownerReferences?.map(({ kind, name, uid }) => ({ kind, name, uid }))),
});

/** Who wrote fields of an object, and when. */
interface Managed {
  readonly managedFields?: readonly { readonly subresource?: string; readonly time?: string }[] | null;
}

/** Of a workload, also when what is wanted was changed last: its status is not wanted, but is. */
const changedRecord = (meta: Meta & Managed): Meta => ({
  ...metaRecord(meta),
  changedAt: meta.managedFields
    ?.filter(({ subresource }) => subresource !== 'status')
    .flatMap(({ time }) => time ?? [])
    .sort()
    .at(-1),
});

const conditionRecords = (conditions: readonly Condition[] | undefined): Condition[] | undefined =>
  conditions?.map(({ type, status, reason, message, lastTransitionTime }) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime,
  }));

const containerRecord = ({
  name,
  image,
  command,
  env,
  restartPolicy,
  resources,
  startupProbe,
  readinessProbe,
}: Container): Container => ({
  name,
  image,
  command,
  // It tells whose the Redis streams of a database are.
  env: env?.filter((variable) => variable.name === 'REDIS_URL'),
  restartPolicy,
  resources: resources && { limits: resources.limits },
  startupProbe,
  readinessProbe,
});

const statusRecord = ({ name, ready, started, restartCount, state, lastState }: ContainerStatus): ContainerStatus => ({
  name,
  ready,
  started,
  restartCount,
  state,
  lastState,
});

/** The conditions of pods that rules ask for. Readiness gates have names with a domain. */
const isAsked = ({ type }: Condition): boolean => podConditions.includes(type) || type.includes('/');
const stepsOfStart: readonly string[] = ['PodScheduled', 'PodReadyToStartContainers'];
const podConditions: readonly string[] = [...stepsOfStart, 'Ready', 'PodResizePending'];

/** Since when steps of the start are done is not asked. */
const podConditionRecords = (conditions: readonly Condition[] | undefined): Condition[] | undefined =>
  conditionRecords(conditions?.filter(isAsked))?.map((each) =>
    stepsOfStart.includes(each.type) && each.status === 'True' ? { ...each, lastTransitionTime: undefined } : each,
  );

export const podRecord = ({ metadata, spec, status }: Pod): Pod => ({
  metadata: metaRecord(metadata),
  spec: {
    nodeName: sharedText(spec.nodeName),
    schedulerName: sharedText(spec.schedulerName),
    restartPolicy: spec.restartPolicy,
    schedulingGates: spec.schedulingGates,
    initContainers: shared(spec.initContainers?.map(containerRecord)),
    containers: shared(spec.containers.map(containerRecord)) ?? [],
    volumes: shared(
      spec.volumes
        ?.filter(({ persistentVolumeClaim }) => persistentVolumeClaim)
        .map(({ name, persistentVolumeClaim }) => ({ name, persistentVolumeClaim })),
    ),
  },
  status: status && {
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    startTime: sharedText(status.startTime),
    // Most have the same times as others of their workload.
    conditions: shared(podConditionRecords(status.conditions)),
    initContainerStatuses: shared(status.initContainerStatuses?.map(statusRecord)),
    containerStatuses: shared(status.containerStatuses?.map(statusRecord)),
  },
});

/** A pod that nothing controls: only that it is there, and its phase. */
export const loosePodRecord = ({ metadata, spec, status }: Pod): Pod => ({
  metadata: metaRecord(metadata),
  spec: { nodeName: sharedText(spec.nodeName), containers: [] },
  status: { phase: status?.phase },
});

export interface Namespace {
  readonly metadata: Meta;
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export const namespaceRecord = ({ metadata, status }: Namespace): Namespace => ({
  metadata: metaRecord(metadata),
  status: status && { phase: status.phase, conditions: conditionRecords(status.conditions) },
});

export const nodeRecord = ({ metadata, spec, status }: Node): Node => ({
  metadata: { name: metadata.name },
  spec: {
    unschedulable: spec?.unschedulable,
    taints: spec?.taints?.map(({ key, timeAdded }) => ({ key, timeAdded })),
  },
  status: { conditions: conditionRecords(status?.conditions) },
});

export const claimRecord = ({ metadata, spec, status }: PersistentVolumeClaim): PersistentVolumeClaim => ({
  kind: 'PersistentVolumeClaim',
  metadata: metaRecord(metadata),
  spec: { storageClassName: spec.storageClassName, volumeName: spec.volumeName },
  status: status && { phase: status.phase, conditions: conditionRecords(status.conditions) },
});

export const endpointSliceRecord = ({ metadata, endpoints, ports }: EndpointSlice): EndpointSlice => ({
  metadata: metaRecord(metadata),
  endpoints: endpoints?.map(({ conditions, targetRef }) => ({
    conditions: { ready: conditions?.ready },
    targetRef: targetRef && { kind: targetRef.kind, name: targetRef.name },
  })),
  ports: ports?.map(() => ({})),
});

export const eventRecord = (event: Event): Event => ({
  metadata: {
    name: event.metadata.name,
    namespace: event.metadata.namespace,
    uid: event.metadata.uid,
    creationTimestamp: event.metadata.creationTimestamp,
  },
  involvedObject: {
    kind: event.involvedObject.kind,
    namespace: event.involvedObject.namespace,
    name: event.involvedObject.name,
    uid: event.involvedObject.uid,
    fieldPath: event.involvedObject.fieldPath,
  },
  type: event.type,
  reason: event.reason ?? undefined,
  message: event.message ?? undefined,
  count: event.count,
  firstTimestamp: event.firstTimestamp,
  lastTimestamp: event.lastTimestamp,
  eventTime: event.eventTime,
  series: event.series && { count: event.series.count, lastObservedTime: event.series.lastObservedTime },
});

export const deploymentRecord = ({ metadata, spec, status }: Deployment): Deployment => ({
  kind: 'Deployment',
  metadata: changedRecord(metadata),
  spec: { replicas: spec.replicas, paused: spec.paused },
  status: status && { ...status, conditions: conditionRecords(status.conditions) },
});

/** A Cluster with the annotation that says when its backups are due. */
export type AnnotatedCluster = Omit<DatabaseCluster, 'backupSchedule'> & {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
};

export const databaseClusterRecord = ({ metadata, spec, status }: AnnotatedCluster): DatabaseCluster => ({
  kind: 'Cluster',
  metadata: changedRecord(metadata),
  spec: { instances: spec.instances },
  backupSchedule: metadata.annotations?.[backupScheduleAnnotation],
  status: status && {
    phase: status.phase,
    phaseReason: status.phaseReason,
    readyInstances: status.readyInstances,
    currentPrimary: status.currentPrimary,
    conditions: conditionRecords(status.conditions),
  },
});

export const statefulSetRecord = ({ metadata, spec, status }: StatefulSet): StatefulSet => ({
  kind: 'StatefulSet',
  metadata: changedRecord(metadata),
  spec: { replicas: spec.replicas, updateStrategy: spec.updateStrategy },
  status,
});

export const daemonSetRecord = ({ metadata, spec, status }: DaemonSet): DaemonSet => ({
  kind: 'DaemonSet',
  metadata: changedRecord(metadata),
  spec: { updateStrategy: spec?.updateStrategy },
  status,
});

/** A job with how often it is to succeed, which no rule asks for but `1/1` does. */
export type CountedJob = Job & { readonly spec: { readonly completions?: number } };

export const jobRecord = ({ metadata, spec, status }: CountedJob): CountedJob => ({
  kind: 'Job',
  metadata: metaRecord(metadata),
  spec: { backoffLimit: spec.backoffLimit, suspend: spec.suspend, completions: spec.completions },
  status: status && { ...status, conditions: conditionRecords(status.conditions) },
});

export const cronJobRecord = ({ metadata, spec, status }: CronJob): CronJob => ({
  kind: 'CronJob',
  metadata: changedRecord(metadata),
  spec: {
    schedule: spec.schedule,
    timeZone: spec.timeZone,
    suspend: spec.suspend,
    concurrencyPolicy: spec.concurrencyPolicy,
    startingDeadlineSeconds: spec.startingDeadlineSeconds,
  },
  status,
});

export const leaseRecord = ({ metadata, spec }: Lease): Lease => ({
  metadata: { name: metadata.name, namespace: metadata.namespace },
  spec: { holderIdentity: spec?.holderIdentity, renewTime: spec?.renewTime },
});

export const storageClassRecord = ({ metadata, provisioner, volumeBindingMode }: StorageClass): StorageClass => ({
  metadata: { name: metadata.name },
  provisioner,
  volumeBindingMode,
});

export type { Event, Node, PersistentVolumeClaim, Pod, Workload };
