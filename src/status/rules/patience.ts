/**
 * How long each state that is on its way may last before it counts as degraded, in seconds. Whatever is `progressing` is in
 * this table: by its reason, or by what is waited for.
 *
 * A container's start and readiness are not in it, since its probes say how long these may take (`pod-readiness.ts`), nor is a
 * job that runs, which says so by `activeDeadlineSeconds`.
 */
export const patience = {
  /** A scheduler looks at a pod within a second, if it is not busy with thousands. */
  Scheduling: 120,
  /** Others may be about to go. */
  Unschedulable: 15,
  /** The gate may belong to a queue. */
  SchedulingGated: 3600,
  /** A container is made, its volumes and network before it; big images take their time. */
  ContainerCreating: 600,
  /** The kubelet says that it pulls an image. */
  Pulling: 1800,
  /** An init container runs. */
  PodInitializing: 1800,
  /** What is waited for is healthy: it is asked every second. */
  WaitingForHealthy: 60,
  /** Everything that is being removed, beyond a pod's grace period. */
  Terminating: 300,
  /** The kubelet takes a moment to take a pod down. */
  PodTerminating: 15,
  /** A namespace's pods have a grace period. */
  NamespaceTerminating: 60,
  /** A controller looks at a change within seconds. */
  NotObserved: 60,
  /** Pods that should be there, of a workload without a deadline of its own. */
  RollingOut: 600,
  /** A readiness gate is closed. */
  ReadinessGate: 600,
  /** A claim gets a volume. */
  Pending: 300,
  /** The first pod of a job. */
  JobPending: 120,
  /** The next try of a job: the back-off ends at six minutes. */
  NextTry: 600,
  /** A Service hears of a pod. */
  EndpointNotReady: 60,
  /** A cron job's run starts after it is due. */
  CronStart: 120,
  /** A pod was rejected by its node, and is made again. */
  Replaced: 300,
  /** A container ended well, and another keeps its job's pod running. */
  SidecarRunsOn: 300,
} as const;
