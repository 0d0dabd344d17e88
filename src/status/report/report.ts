import type { Tier } from '../../../charts/common/labels.ts';
import type { SecurityException } from '../../../charts/common/security.ts';
import type { Refusal } from '../rules/absent.ts';
import type { Health, Status } from '../rules/verdict.ts';
import type { History } from './history.ts';

/** How a service or workload is. */
export interface ServiceReport {
  readonly namespace: string;
  /** Its short name: `api`. */
  readonly name: string;
  /** Name of its objects: `turfoo-api`. */
  readonly object: string;
  /** Of its controller: `Deployment`. */
  readonly kind: string;
  readonly health: Health;
  /** Pods, or successful runs of a job; neither of a cron job. */
  readonly ready?: number;
  readonly wanted?: number;
  readonly restarts: number;
  /** When its controller was made, ISO 8601; none if there is none. */
  readonly createdAt?: string;
  /** When the last of its pods became ready, ISO 8601. */
  readonly readySince?: string;
  /** Whether the configuration has it; unknown without one. */
  readonly planned?: boolean;
  /** The exception of its pods from Pod Security `restricted`, as the configuration gives it. */
  readonly security?: SecurityException;
  /** The end of the log of what is not healthy. @default it was not asked for */
  readonly log?: FailingLog;
  /** What the cluster warned about its pod, the latest last. @default it was not asked for */
  readonly warnings?: readonly Warned[];
}

/** What a container of something that is not healthy wrote last. */
export interface FailingLog {
  readonly pod: string;
  readonly container: string;
  /** Whether it is of the run before the last restart. */
  readonly previous: boolean;
  /** The last ones; empty if it wrote nothing. */
  readonly lines: readonly string[];
  /** Why the log can't be read, if it can't. */
  readonly refused?: string;
}

/** A warning of the cluster's. */
export interface Warned {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** An object in one of the namespaces that is not repoctl's. */
export interface ForeignObject {
  readonly kind: string;
  readonly name: string;
  /** Said shortly: `1/1 ready`, `Running`. */
  readonly state: string;
}

/** Of a namespace of which nothing was ever started, `not-started`. */
export type TierStatus = Status | 'not-started';

/** How a namespace of the environment is. */
export interface TierReport {
  readonly name: string;
  /** `cluster`: the parts of the cluster that the others suffer from. */
  readonly tier: Tier | 'cluster';
  readonly project?: string;
  readonly directory?: string;
  /** Name of its profile if that is one of real clusters. @default it is for development */
  readonly realProfile?: string;
  /** Whether the configuration has it; unknown without one. */
  readonly configured?: boolean;
  /** Of the worst of its services, or its own. */
  readonly status: TierStatus;
  /** Of the namespace itself, if something is wrong with it. */
  readonly health?: Health;
  /** The worst first. */
  readonly services: readonly ServiceReport[];
  readonly foreign: readonly ForeignObject[];
  readonly environment?: string;
}

/** A root cause: something that others wait for. */
export interface RootCause {
  /** `namespace/object`. */
  readonly object: string;
  readonly health: Health;
  /** Those that wait for it, `namespace/object`, directly or not. */
  readonly victims: readonly string[];
}

/** What a report calls the cluster that it is made in, where no kubeconfig names it. */
export const ownClusterName = 'in-cluster';

/** What was found in a cluster. */
export interface Report {
  /** Of the kubeconfig, or `ownClusterName`. */
  readonly context: string;
  readonly environment?: string;
  /** When, by the API server's clock. */
  readonly at: Date;
  /** Whether everything that was wanted could be read. */
  readonly complete: boolean;
  /** Whether anything could. */
  readonly readAnything: boolean;
  /** What could not. */
  readonly unseen: readonly Refusal[];
  /** The worst first. */
  readonly tiers: readonly TierReport[];
  readonly causes: readonly RootCause[];
  /** What happened. @default it was not asked for */
  readonly history?: History;
}

/** `namespace/object` */
export const keyOf = ({ namespace, object }: Pick<ServiceReport, 'namespace' | 'object'>): string =>
  `${namespace}/${object}`;
