import type { Remark } from '../config/secret-remarks.ts';
import type { FoundTool, LackingTool } from '../platform/tools/find.ts';
import type { PortOwner } from '../platform/tools/port-owner.ts';

/** What was found out about a machine; the checks know nothing else. */
export interface Facts {
  readonly system: SystemFacts;
  readonly tools: readonly (FoundTool | LackingTool)[];
  readonly docker: DockerFacts;
  readonly configuration: ConfigurationFacts;
  /** What may give a secret away. */
  readonly remarks: readonly Remark[];
  /** The ports that are wanted, those of the configuration among them. */
  readonly ports: readonly PortFacts[];
  readonly context: ContextFacts;
}

export interface SystemFacts {
  /** As Node names it, e.g. `linux`. */
  readonly platform: string;
  /** What Node is built for, as Node names it, e.g. `x64`. */
  readonly architecture: string;
  readonly node: string;
  /** Limits of the kernel for each user; only on Linux. */
  readonly inotify?: { readonly watches: number; readonly instances: number };
}

export type DockerFacts =
  | { readonly state: 'missing' }
  | { readonly state: 'unreachable'; readonly problem: string }
  | (DockerEngine & { readonly state: 'running' });

export interface DockerEngine {
  readonly version: string;
  /** In bytes. */
  readonly memory: number;
  readonly cpus: number;
  /** `1` or `2`. */
  readonly cgroup: string;
  /** As the kernel names it, e.g. `x86_64`. */
  readonly architecture: string;
  /** Room on the disk of its images and volumes, in bytes, where it can be told. */
  readonly free?: number;
  /** What `docker system prune` could free, as Docker writes it. */
  readonly reclaimable?: string;
  readonly containers: readonly Container[];
}

/** A container that runs. */
export interface Container {
  readonly name: string;
  readonly image: string;
  /** Name of the kind cluster that it is a node of. */
  readonly cluster?: string;
  /** Ports of the machine that lead to it. */
  readonly ports: readonly number[];
}

export interface ConfigurationFacts {
  /** The folder with `repoctl.yaml`; `undefined` if there is none. */
  readonly root?: string;
  /** The environment's name; `undefined` if the configuration is wrong. */
  readonly name?: string;
  /** A line for each. */
  readonly problems: readonly string[];
  /** Name of the kind cluster; `undefined` if kind-config.yaml does not say it, or if it is another kind of cluster. */
  readonly cluster?: string;
  /** Why it does not. */
  readonly clusterProblem?: string;
}

export interface WantedPort {
  readonly port: number;
  /** Who wants it, e.g. `turfoo/postgres`. */
  readonly what: string;
}

export interface PortFacts extends WantedPort {
  /** Who listens on it, `undefined` if nobody does. */
  readonly owner?: PortOwner;
}

export interface ContextFacts {
  /** Name of the environment's own context, or of the current one without an environment, if there is one. */
  readonly name?: string;
  readonly server?: string;
  /** Why there is none. */
  readonly problem?: string;
  /** Of the API server, if it answers. */
  readonly version?: string;
  /** Why it does not. */
  readonly silence?: string;
}
