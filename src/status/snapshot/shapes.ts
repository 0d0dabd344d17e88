import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  CronJob,
  DaemonSet,
  Deployment,
  Ended,
  EndpointSlice,
  Event,
  Job,
  Lease,
  Meta,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodSpec,
  PodStatus,
  Probe,
  StatefulSet,
  StorageClass,
  UpdateStrategy,
  Volume,
} from '../rules/objects.ts';
import type { CountedJob, Namespace } from './records.ts';
import { anything, count, countOrText, fieldsOf, flag, listOf, mapOf, type Shape, text } from './shape.ts';

/** The fields of a type that are objects. */
type Part<Type, Field extends keyof Type> = Extract<NonNullable<Type[Field]>, object>;
type Entry<List> = List extends readonly (infer Each)[] ? Each & object : never;

/** The labels of an object. */
export const labels = mapOf(text);

const metaFields = {
  name: text,
  namespace: text,
  uid: text,
  labels,
  creationTimestamp: text,
  deletionTimestamp: text,
  generation: count,
  finalizers: listOf(text),
  ownerReferences: listOf(
    fieldsOf<Entry<Part<Meta, 'ownerReferences'>>>({ kind: text, name: text, uid: text }, 'kind', 'name'),
  ),
};

/** What is added to an object's metadata here is not in what is sent. */
type SentMeta = Omit<Meta, 'changedAt' | 'unreadable'>;

/** An object's metadata as the API server sends it. */
const meta = fieldsOf<SentMeta>(metaFields, 'name');

/** With who changed it. */
const managedMeta = fieldsOf<SentMeta & { readonly managedFields: unknown }>(
  {
    ...metaFields,
    managedFields: listOf(fieldsOf<{ subresource: string; time: string }>({ subresource: text, time: text })),
  },
  'name',
);

const conditions = listOf(
  fieldsOf<Condition>(
    { type: text, status: text, reason: text, message: text, lastTransitionTime: text },
    'type',
    'status',
  ),
);

const httpPort = { port: countOrText };
const probe = fieldsOf<Probe>({
  httpGet: fieldsOf<Part<Probe, 'httpGet'>>({ path: text, ...httpPort }, 'port'),
  tcpSocket: fieldsOf<Part<Probe, 'tcpSocket'>>(httpPort, 'port'),
  grpc: fieldsOf<Part<Probe, 'grpc'>>({ port: count }, 'port'),
  exec: fieldsOf<Part<Probe, 'exec'>>({ command: listOf(text) }),
  initialDelaySeconds: count,
  periodSeconds: count,
  timeoutSeconds: count,
  failureThreshold: count,
});

const container = fieldsOf<Container>(
  {
    name: text,
    image: text,
    command: listOf(text),
    env: listOf(fieldsOf<Entry<Part<Container, 'env'>>>({ name: text, value: text }, 'name')),
    restartPolicy: text,
    resources: fieldsOf<Part<Container, 'resources'>>({ limits: mapOf(countOrText) }),
    startupProbe: probe,
    readinessProbe: probe,
  },
  'name',
);

const ended = fieldsOf<Ended>(
  { exitCode: count, signal: count, reason: text, message: text, startedAt: text, finishedAt: text },
  'exitCode',
);

const state = fieldsOf<ContainerState>({
  waiting: fieldsOf<Part<ContainerState, 'waiting'>>({ reason: text, message: text }),
  running: fieldsOf<Part<ContainerState, 'running'>>({ startedAt: text }),
  terminated: ended,
});

const containerStatus = fieldsOf<ContainerStatus>(
  { name: text, ready: flag, started: flag, restartCount: count, state, lastState: state },
  'name',
);

const volume = fieldsOf<Volume>(
  {
    name: text,
    persistentVolumeClaim: fieldsOf<Part<Volume, 'persistentVolumeClaim'>>({ claimName: text }, 'claimName'),
  },
  'name',
);

export const pod = fieldsOf<Pod>(
  {
    kind: anything,
    metadata: meta,
    spec: fieldsOf<PodSpec>(
      {
        nodeName: text,
        schedulerName: text,
        restartPolicy: text,
        schedulingGates: listOf(fieldsOf<{ name: string }>({ name: text }, 'name')),
        initContainers: listOf(container),
        containers: listOf(container),
        volumes: listOf(volume),
      },
      'containers',
    ),
    status: fieldsOf<PodStatus>({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      conditions,
      initContainerStatuses: listOf(containerStatus),
      containerStatuses: listOf(containerStatus),
    }),
  },
  'metadata',
  'spec',
);

/** Of a pod that nothing controls. */
export const loosePod = fieldsOf<Omit<Pod, 'kind'>>(
  {
    metadata: meta,
    spec: fieldsOf<{ nodeName: string }>({ nodeName: text }),
    status: fieldsOf<{ phase: string }>({ phase: text }),
  },
  'metadata',
  'spec',
);

export const namespace = fieldsOf<Namespace>(
  { metadata: meta, status: fieldsOf<Part<Namespace, 'status'>>({ phase: text, conditions }) },
  'metadata',
);

export const node = fieldsOf<Node>(
  {
    metadata: meta,
    spec: fieldsOf<Part<Node, 'spec'>>({
      unschedulable: flag,
      taints: listOf(fieldsOf<{ key: string; timeAdded: string }>({ key: text, timeAdded: text }, 'key')),
    }),
    status: fieldsOf<Part<Node, 'status'>>({ conditions }),
  },
  'metadata',
);

export const claim = fieldsOf<PersistentVolumeClaim>(
  {
    kind: anything,
    metadata: meta,
    spec: fieldsOf<PersistentVolumeClaim['spec']>({ storageClassName: text, volumeName: text }),
    status: fieldsOf<Part<PersistentVolumeClaim, 'status'>>({ phase: text }),
  },
  'metadata',
  'spec',
);

type Endpoint = Entry<Part<EndpointSlice, 'endpoints'>>;

export const endpointSlice = fieldsOf<EndpointSlice>(
  {
    metadata: meta,
    endpoints: listOf(
      fieldsOf<Endpoint>({
        conditions: fieldsOf<Part<Endpoint, 'conditions'>>({ ready: flag }),
        targetRef: fieldsOf<Part<Endpoint, 'targetRef'>>({ kind: text, name: text }),
      }),
    ),
    ports: listOf(anything),
  },
  'metadata',
);

export const event = fieldsOf<Event>(
  {
    metadata: meta,
    involvedObject: fieldsOf<Event['involvedObject']>({
      kind: text,
      namespace: text,
      name: text,
      uid: text,
      fieldPath: text,
    }),
    type: text,
    reason: text,
    message: text,
    count,
    firstTimestamp: text,
    lastTimestamp: text,
    eventTime: text,
    series: fieldsOf<Part<Event, 'series'>>({ count, lastObservedTime: text }),
  },
  'metadata',
  'involvedObject',
);

const updateStrategy = fieldsOf<UpdateStrategy>({
  type: text,
  rollingUpdate: fieldsOf<Part<UpdateStrategy, 'rollingUpdate'>>({ partition: count }),
});

export const deployment = fieldsOf<Deployment>(
  {
    kind: anything,
    metadata: managedMeta,
    spec: fieldsOf<Deployment['spec']>({ replicas: count, paused: flag }),
    status: fieldsOf<Part<Deployment, 'status'>>({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      conditions,
    }),
  },
  'metadata',
  'spec',
);

export const statefulSet = fieldsOf<StatefulSet>(
  {
    kind: anything,
    metadata: managedMeta,
    spec: fieldsOf<StatefulSet['spec']>({ replicas: count, updateStrategy }),
    status: fieldsOf<Part<StatefulSet, 'status'>>({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      currentRevision: text,
      updateRevision: text,
    }),
  },
  'metadata',
  'spec',
);

export const daemonSet = fieldsOf<DaemonSet>(
  {
    kind: anything,
    metadata: managedMeta,
    spec: fieldsOf<Part<DaemonSet, 'spec'>>({ updateStrategy }),
    status: fieldsOf<Part<DaemonSet, 'status'>>({
      observedGeneration: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
    }),
  },
  'metadata',
);

export const job = fieldsOf<CountedJob>(
  {
    kind: anything,
    metadata: meta,
    spec: fieldsOf<CountedJob['spec']>({ backoffLimit: count, suspend: flag, completions: count }),
    status: fieldsOf<Part<Job, 'status'>>({
      active: count,
      failed: count,
      succeeded: count,
      terminating: count,
      startTime: text,
      completionTime: text,
      conditions,
    }),
  },
  'metadata',
  'spec',
);

export const cronJob = fieldsOf<CronJob>(
  {
    kind: anything,
    metadata: managedMeta,
    spec: fieldsOf<CronJob['spec']>({
      schedule: text,
      timeZone: text,
      suspend: flag,
      concurrencyPolicy: text,
      startingDeadlineSeconds: count,
    }),
    status: fieldsOf<Part<CronJob, 'status'>>({
      active: listOf(fieldsOf<{ name: string }>({ name: text })),
      lastScheduleTime: text,
      lastSuccessfulTime: text,
    }),
  },
  'metadata',
  'spec',
);

export const lease = fieldsOf<Lease>(
  {
    metadata: meta,
    spec: fieldsOf<Part<Lease, 'spec'>>({ holderIdentity: text, renewTime: text }),
  },
  'metadata',
);

export const storageClass: Shape = fieldsOf<StorageClass>(
  { metadata: meta, provisioner: text, volumeBindingMode: text },
  'metadata',
);
