import type { Service } from '../../charts/common/kind.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import type { BackupPart } from './part.ts';
import type { ClaimServer, ServicePod } from './service-pods.ts';

/** The cluster, folder and signal of a backup or a restore. */
export interface Work {
  readonly cluster: Cluster;
  /** The folder of the backup. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/** Data that a project has. */
export interface HeldData {
  /** `postgres: database turfoo, 7.6 MB, 3 tables with rows` */
  readonly line: string;
  /** Whether there is anything in it that a restore would replace. */
  readonly filled: boolean;
}

/** The projects between which a restore copies. */
export interface RestoreTarget {
  /** Short name of the project that gets the data. */
  readonly project: string;
  /** Short name of the project in the backup. */
  readonly from: string;
}

/** Whether the backup is of another project, whose roles and names this one lacks. */
export const isForeign = ({ project, from }: RestoreTarget): boolean => project !== from;

/** A part of a backup that has a place in the cluster. */
export interface PlacedPart {
  /** `postgres database turfoo` */
  readonly what: string;
  /** Whether it happens as a whole or not at all. */
  readonly atomic: boolean;
  /** Puts it in place of what is there. @returns what has been done, e.g. `7.6 MB` */
  restore(work: Work): Promise<string>;
}

/** How the data of a store is backed up and restored. */
export interface Copies {
  save(work: Work): Promise<readonly BackupPart[]>;
  /** The place of a part in this store; `undefined` if it belongs to another. */
  place(part: BackupPart, target: RestoreTarget): PlacedPart | undefined;
}

/** The data of a project in a service of the cluster. */
export interface DataStore {
  readonly server: ServicePod;
  /** Whether it is held by workloads, which are stopped all together. @default false */
  readonly isWorkloads?: boolean;
  /** A text if it can't be copied: the reason. */
  readonly copies: Copies | string;
  /** What is in it; its service has to run. None if only its own program could tell. */
  describe?(cluster: Cluster, signal?: AbortSignal): Promise<HeldData[]>;
  /** Deletes it. Only in services that projects share: what a project has for itself goes with its claims. */
  erase?(cluster: Cluster, report: (line: string) => void): Promise<void>;
}

/** A project of the configuration, and where it is. */
export interface Located {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly project: Project;
}

/** A server with a claim in the namespace of a project that has left the configuration. */
export interface LeftServer {
  readonly pod: ServicePod;
  /** The value of a variable of its container. */
  variable(name: string): string | undefined;
  /** Its claim; none if it doesn't have the one that services of repoctl have. */
  readonly claim?: ClaimServer;
}

/** A variable as a workload has it. */
export interface LeftVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

/** A project that has left the configuration, as its namespace shows it. */
export interface LeftProject {
  readonly environment: Pick<Environment, 'name' | 'namespace' | 'projects'>;
  readonly project: Pick<Project, 'name' | 'namespace'>;
  /** The variables of its workloads. */
  readonly variables: ReadonlyMap<string, LeftVariable>;
}

/** What backups know of a kind of service. */
export interface StoreKind {
  /** The data that a project has in a service of this kind; `undefined` if none. */
  locate(service: Service, located: Located): DataStore | undefined;
  /**
   * That of a project that has left the configuration.
   *
   * @param servers those of this kind in its namespace
   */
  locateLeft(servers: readonly LeftServer[], left: LeftProject): readonly DataStore[];
}
