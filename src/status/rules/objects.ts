/**
 * What the rules read of the API's objects, as they stand in its JSON: instants are ISO 8601 texts, everything that the
 * API leaves out when it is empty is optional.
 */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  /** When it is to be gone: the grace period is counted in. */
  readonly deletionTimestamp?: string;
  readonly generation?: number;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid?: string }[];
  /** When what is wanted of it was changed last, as far as that is known. */
  readonly changedAt?: string;
  /** Why nothing more is known of it: it is not as the API says that it is. */
  readonly unreadable?: string;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

export interface Pod {
  readonly kind?: 'Pod';
  readonly metadata: Meta;
  readonly spec: PodSpec;
  readonly status?: PodStatus;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly schedulerName?: string;
  readonly restartPolicy?: string;
  readonly schedulingGates?: readonly { readonly name: string }[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  /** `Always` in an init container that keeps running beside the others. */
  readonly restartPolicy?: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
}

export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly grpc?: { readonly port: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  /** Whether it has passed its startup probe. */
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: Ended;
}

export interface Ended {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
}

export interface Deployment {
  readonly kind: 'Deployment';
  readonly metadata: Meta;
  readonly spec: { readonly replicas?: number; readonly paused?: boolean };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface StatefulSet {
  readonly kind: 'StatefulSet';
  readonly metadata: Meta;
  readonly spec: { readonly replicas?: number; readonly updateStrategy?: UpdateStrategy };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/** How pods come to be of a new revision. */
export interface UpdateStrategy {
  /** With `OnDelete` not by themselves. */
  readonly type?: string;
  /** Those below the partition keep their revision. */
  readonly rollingUpdate?: { readonly partition?: number } | null;
}

export interface DaemonSet {
  readonly kind: 'DaemonSet';
  readonly metadata: Meta;
  readonly spec?: { readonly updateStrategy?: UpdateStrategy };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

export interface Job {
  readonly kind: 'Job';
  readonly metadata: Meta;
  readonly spec: { readonly backoffLimit?: number; readonly suspend?: boolean };
  readonly status?: {
    readonly active?: number;
    readonly failed?: number;
    readonly succeeded?: number;
    /** Pods that are being removed. */
    readonly terminating?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface CronJob {
  readonly kind: 'CronJob';
  readonly metadata: Meta;
  readonly spec: {
    readonly schedule?: string;
    /** @default that of the controller, mostly UTC */
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy?: string;
    readonly startingDeadlineSeconds?: number;
  };
  readonly status?: {
    readonly active?: readonly { readonly name?: string }[];
    readonly lastScheduleTime?: string | null;
    readonly lastSuccessfulTime?: string | null;
  };
}

export interface PersistentVolumeClaim {
  readonly kind: 'PersistentVolumeClaim';
  readonly metadata: Meta;
  readonly spec: { readonly storageClassName?: string; readonly volumeName?: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface Event {
  readonly metadata: Meta;
  readonly involvedObject: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    /** The part that it is about: `spec.containers{api}`. */
    readonly fieldPath?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

export interface Node {
  readonly metadata: Meta;
  readonly spec?: {
    /** Whether it is cordoned. */
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly timeAdded?: string }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A Service by what it leads to: of itself nothing is read, since its slices carry its labels. */
export interface Service {
  readonly kind: 'Service';
  readonly metadata: Meta;
  readonly slices: readonly EndpointSlice[];
}

export interface EndpointSlice {
  readonly metadata: Meta;
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly kind?: string; readonly name?: string };
      }[]
    | null;
  /** None if the pods have no port of the name that the Service wants. */
  readonly ports?: readonly object[] | null;
}

export interface StorageClass {
  readonly metadata: Meta;
  readonly provisioner?: string;
  readonly volumeBindingMode?: string;
}

/** A Cluster of the CloudNativePG operator: PostgreSQL with replicas. */
export interface DatabaseCluster {
  readonly kind: 'Cluster';
  readonly metadata: Meta;
  readonly spec: { readonly instances?: number };
  /** When its base backups are due: a cron schedule in UTC. @default it has no archive */
  readonly backupSchedule?: string;
  readonly status?: {
    /** Words of the operator; without one it has not seen it yet. */
    readonly phase?: string;
    readonly phaseReason?: string;
    readonly readyInstances?: number;
    readonly currentPrimary?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** What controls pods. */
export type Workload = DatabaseCluster | Deployment | StatefulSet | DaemonSet | Job | CronJob;

/** Who is at work: control planes renew theirs every few seconds. */
export interface Lease {
  readonly metadata: Meta;
  readonly spec?: { readonly holderIdentity?: string | null; readonly renewTime?: string | null };
}
