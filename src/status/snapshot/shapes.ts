import { backupScheduleAnnotation } from '../../../charts/common/database-cluster-of.ts';
import type {
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Event,
  Job,
  Lease,
  Node,
  PersistentVolumeClaim,
  StatefulSet,
  StorageClass,
  UpdateStrategy,
} from '../rules/objects.ts';
import { annotatedMeta, conditions, type Entry, managedMeta, meta, type Part } from './common-shapes.ts';
import type { AnnotatedCluster, CountedJob, Namespace } from './records.ts';
import { anything, count, fieldsOf, flag, listOf, type Shape, text } from './shape.ts';

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
    status: fieldsOf<Part<PersistentVolumeClaim, 'status'>>({ phase: text, conditions }),
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

export const databaseCluster = fieldsOf<AnnotatedCluster>(
  {
    kind: anything,
    metadata: annotatedMeta(backupScheduleAnnotation),
    spec: fieldsOf<AnnotatedCluster['spec']>({ instances: count }),
    status: fieldsOf<Part<AnnotatedCluster, 'status'>>({
      phase: text,
      phaseReason: text,
      readyInstances: count,
      currentPrimary: text,
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
