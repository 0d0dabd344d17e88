import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import type { CommandCheck, Connection, SecretReference, Variable } from './connection.ts';
import type { Exposure } from './expose.ts';
import type { Labelled, OwnerLabels } from './labels.ts';
import type { Metrics } from './metrics.ts';
import type { ContainerProps } from './pod.ts';
import type { Protocol } from './ports.ts';
import type { Backup } from './scheduled-backup.ts';

/** What the configuration declares in a namespace, with its defaults resolved. */
interface Declared<Settings> {
  /** Name in the configuration, e.g. `postgres`. */
  readonly name: string;
  readonly kind: string;
  /** The project, or the environment, whose `.env` has its passwords. */
  readonly scope: string;
  readonly namespace: string;
  /** Name of its objects, e.g. `turfoo-postgres`. */
  readonly object: string;
  readonly owner: OwnerLabels;
  readonly settings: Settings;
}

/** A service of a namespace. */
export interface Service<Settings = unknown> extends Declared<Settings> {}

/** A project that uses a service. `use` is what it asked for under `uses`, or `ownUse` of its own services. */
export interface Consumer<Use = unknown> {
  readonly project: string;
  readonly use: Use;
  /** Whether another service stands in front of it, which has its variables. @default false */
  readonly fronted?: boolean;
  /** Name of the profile in which it is connected. @default none is said */
  readonly profile?: string;
}

/** A port of a service or a workload. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** @default tcp */
  readonly protocol?: Protocol;
  /** Scheme of its URL, where the configuration names one. */
  readonly scheme?: string;
  /** Fixed port on the developer's machine, if it has one. */
  readonly hostPort?: number;
}

/** The construct of a service or a workload. Its default child is the controller of its pods: `ApiObject.of(it)`. */
export interface PodsConstruct extends Construct {
  /** The Service in front of its pods; none if they have no ports. */
  readonly service?: ApiObject;
}

/** What surrounds a service when it is built. */
export interface ServiceContext {
  /** The other services of the namespace that run in the cluster. */
  readonly siblings: readonly Service[];
  /** The projects that use this one. */
  readonly consumers: readonly Consumer[];
  /** Their namespaces, if they are others than its own. @default none */
  readonly namespaces?: readonly string[];
  /** The project's own secret variables. */
  readonly variables: readonly Variable[];
  readonly development: boolean;
  /** The image reference of the profile for the name of a build of the project, or an image reference. */
  readonly imageOf: (given: string) => string;
}

/** How the programs of a compose file reach what a service of it has become. */
export interface ComposeClient {
  /** Its port, where it isn't the one that the compose file names. */
  readonly port: number;
  /** The variable that holds its URL, and the schemes for which that is the same. */
  readonly url?: { readonly variable: string; readonly schemes: readonly string[] };
  /** What stands before the `@` of a URL of another scheme. */
  readonly login?: string;
  /** What else of its values is replaced: those of the compose file by what they have become. */
  readonly replaced?: ReadonlyMap<string, string>;
}

/** What a kind of service is in a compose file. */
export interface ComposeKind<Settings = unknown> {
  /** The images that it stands for: repositories without a registry. */
  readonly images: readonly string[];
  /** Images that nobody needs beside it, each with the reason. */
  readonly spared?: Readonly<Record<string, string>>;
  /** Its `image` for one of `images`; none for that of the kind. @default none */
  image?(repository: string, tag: string | undefined): string | undefined;
  /**
   * How programs reach it. Without it they reach nothing but its host.
   *
   * @param before its environment in the compose file
   */
  client?(
    service: Service<Settings>,
    connection: Connection | undefined,
    before: Readonly<Record<string, string | undefined>>,
  ): ComposeClient;
}

/** The part of a service's settings that depends on its project. */
export interface ResolveContext {
  /** The project's short name. */
  readonly project: string;
  /**
   * The texts of a folder's files that a field names, by file name; what is wrong with it is refused.
   *
   * @param endings of the files that are read, without a dot. @default sql and sh
   */
  scripts(field: string, folder: string, endings?: readonly string[]): Readonly<Record<string, string>>;
  /** Whether the profile is one for development. */
  readonly development: boolean;
}

/** Something that can't be in what a project asks of a service. */
export interface UseProblem {
  readonly project: string;
  /** Below `uses` and the service's name, or below a service of its own. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * A kind of service: what may be said of it, what it gives to those who use it, and what it becomes.
 *
 * @typeParam Settings what its schema yields
 * @typeParam Use what a project says under `uses`
 */
export interface ServiceKind<Settings = unknown, Use = unknown> {
  /** A sentence for the documentation. */
  readonly summary: string;
  /** Role, the value of `app.kubernetes.io/component`. */
  readonly component: string;
  readonly schema: z.ZodObject;
  /** A tool for development that shows services of this kind: left out of production, and where none is in the cluster. */
  readonly companionOf?: string;
  /** The service of the same project that it stands in front of: its kind, and its name. Where that is managed, so is this. */
  readonly frontOf?: {
    readonly kind: string;
    name(settings: Settings): string;
    /** Why it can't stand in front of one with these settings. @default it can */
    problem?(server: unknown): string | undefined;
  };
  /** Whether every project uses one of the global tier that doesn't say `false` under `uses`. @default false */
  readonly everybody?: boolean;
  /** Whether it reads the metrics of all pods in its namespace and those of the projects that use it. @default false */
  readonly scrapes?: boolean;
  /** What it is in a compose file; none if no image of others stands for it. */
  readonly compose?: ComposeKind<Settings>;
  /** What a project says under `uses` of one in the global tier. @default nothing but its name */
  readonly use?: z.ZodObject;
  /** What is said beside `schema` of one that is a project's own. @default nothing */
  readonly ownFields?: z.ZodRawShape;
  /** What a project asks of one of its own, as it would under `uses`. @default nothing */
  ownUse?(settings: Settings): Use;
  /** Fills in what its schema leaves open because it depends on the project. @default nothing is open */
  resolve?(settings: Settings, context: ResolveContext): Settings;
  /** What projects that use it can't all have. */
  clashes?(service: Service<Settings>, consumers: readonly Consumer<Use>[]): readonly UseProblem[];
  /** Kind of controller its pods have. */
  controller(settings: Settings): 'StatefulSet' | 'Deployment' | 'Cluster';
  ports(settings: Settings): readonly ServicePort[];
  /** Where its Prometheus metrics are. @default it has none */
  metrics?(settings: Settings): Metrics | undefined;
  /** Names of the ports that workloads reach. @default all */
  readonly clientPorts?: readonly string[];
  /** The ports of a managed one, where they are others. */
  readonly managedPorts?: readonly number[];
  /** The job that it brings along, and that reaches it; none if it has nothing to do. */
  setUp?(service: Service<Settings>, consumers: readonly Consumer<Use>[]): Labelled | undefined;
  /** Program in its container with which people talk to it; none if it has none. */
  client?(settings: Settings): readonly string[];
  /** What people call `client`. @default its first word */
  readonly clientName?: string;
  /** The Secrets that it needs in its own namespace. */
  secrets(service: Service<Settings>, consumers: readonly Consumer<Use>[]): readonly SecretReference[];
  /**
   * What a project that uses it gets; none for a service that nobody connects to.
   *
   * @param behind the service that it stands in front of
   */
  connect?(service: Service<Settings>, consumer: Consumer<Use>, behind?: Service): Connection;
  build(scope: Construct, service: Service<Settings>, context: ServiceContext): PodsConstruct;
  /** Adds its scheduled backups. @default it has none */
  addBackup?(scope: Construct, service: Service<Settings>, context: BackupContext): void;
}

/** What surrounds the scheduled backups of a service. */
export interface BackupContext {
  readonly backup: Backup;
  /** With which pods reach the bucket. */
  readonly store: SecretReference;
  /** Name of the profile. */
  readonly profile: string;
}

/** A process of a project. */
export interface Workload<Settings = unknown> extends Declared<Settings> {}

/** What surrounds a workload when it is built. */
export interface WorkloadContext {
  /** The image reference of the profile. */
  readonly image: string;
  /** Its environment, complete and in order. */
  readonly variables: readonly Variable[];
  /** Containers that wait for what it depends on. */
  readonly waits: readonly ContainerProps[];
  /** Paths in its container that development syncs files to; none into those that end by themselves. */
  readonly synced: readonly string[];
  readonly development: boolean;
  /** The image reference of the profile for the name of a build of the project, or an image reference. */
  readonly imageOf: (given: string) => string;
}

/** A kind of workload. */
export interface WorkloadKind<Settings = unknown> {
  readonly summary: string;
  readonly component: string;
  readonly schema: z.ZodObject;
  readonly controller: 'Deployment' | 'StatefulSet' | 'Job' | 'CronJob';
  /**
   * How others can tell that it is ready, if they can: a program in an image, which gets the workload's environment.
   *
   * @param image the workload's own image reference
   */
  check?(workload: Workload<Settings>, image: string): CommandCheck | undefined;
  ports(settings: Settings): readonly ServicePort[];
  /** Where its Prometheus metrics are. @default it has none */
  metrics?(settings: Settings): Metrics | undefined;
  /** Under which address it is reached from outside, and at which of its ports. */
  exposure?(
    settings: Settings,
  ): { readonly given: Exposure; readonly port: string; readonly number: number } | undefined;
  build(scope: Construct, workload: Workload<Settings>, context: WorkloadContext): PodsConstruct;
}
