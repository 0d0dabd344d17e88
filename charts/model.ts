import type { ImagePull } from './common/image-pull.ts';
import type { Service, Workload } from './common/kind.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import type { Monitoring } from './common/monitoring.ts';
import type { Network } from './common/network.ts';
import type { PodSettings } from './common/pod-fields.ts';
import type { Backup } from './common/scheduled-backup.ts';
import type { Sealing, SecretStore } from './common/secret-store.ts';
import type { EnvironmentValues } from './common/variable-source.ts';

/** A whole environment: complete, its defaults resolved, and frozen. */
export interface Environment {
  /** Its name: the first part of the global tier's object names. */
  readonly name: string;
  /** The global tier's namespace, which tells this environment from others in a cluster: it is the value of `part-of`. */
  readonly namespace: string;
  /** The global tier. */
  readonly services: readonly Service[];
  /** The `infra/manifests/*.yaml` at the root, of the global tier. */
  readonly manifests: readonly Manifest[];
  /** The `infra/chart.ts` at the root, of the global tier. */
  readonly chart?: string;
  /** Of the global tier's objects. */
  readonly patches: readonly Patch[];
  /** In the order of their names. */
  readonly projects: readonly Project[];
  /** Every profile, by name. */
  readonly profiles: Readonly<Record<ProfileName, Profile> & Record<PresetName, Profile>>;
}

/** The profiles that exist without being named; every other one extends one of them. */
export const presetNames = ['local', 'external', 'production'] as const;
export type PresetName = (typeof presetNames)[number];

/** Name of a profile: a preset, or one that repoctl.yaml names. */
export type ProfileName = string;

/** What the manifests are for. */
export interface Profile {
  readonly name: ProfileName;
  /** Its own name, then those of the profiles that it extends, the preset last. */
  readonly chain: readonly ProfileName[];
  /** On a developer's machine: images are built there, and files are synced into containers. */
  readonly development: boolean;
  /** Whether services have fixed ports on the developer's machine. */
  readonly hostPorts: boolean;
  /** Added to every host port: another one for a second environment on the same machine. */
  readonly portOffset: number;
  /** What stands before and after the name of every namespace: another one for a second environment in a cluster. */
  readonly namespacePrefix: string;
  readonly namespaceSuffix: string;
  /** Managed services, which do not run in the cluster: `redis`, `minio`, a kind such as `postgres`, or one service as `turfoo/postgres`. */
  readonly managed: readonly string[];
  /** Where the images that projects build are pulled from; none in development. */
  readonly images?: {
    readonly registry: string;
    readonly tag: string;
    /** By name (`turfoo-app`); it stands in place of the tag. */
    readonly digests?: Readonly<Record<string, string>>;
  };
  /** Where Secrets come from; none for those that somebody else makes. */
  readonly secretStore?: SecretStore;
  /** How they are sealed, with what is; none where nothing is sealed. */
  readonly sealing?: Sealing;
  /** Whether Reloader starts pods again when one of their Secrets changes. */
  readonly reloader: boolean;
  /** Whether a namespace is limited to what is in it. */
  readonly quota: boolean;
  /** The allowed connections between pods. */
  readonly network: Network;
  /** The scheduled backups of services; none in development. */
  readonly backup?: Backup;
  /** What watches it. */
  readonly monitoring: Monitoring;
  /** What applies the manifests, if they have to say in which order. */
  readonly gitops?: 'argocd';
  /** How images are pulled; none for as they are named, without a login. */
  readonly pull?: ImagePull;
}

/** A project: one `infra/project.yaml`. */
export interface Project {
  /** Short name: the first part of its object names. */
  readonly name: string;
  /** Its name with what the profile puts around it. */
  readonly namespace: string;
  /** Its folder, relative to the root, with `/`. */
  readonly directory: string;
  readonly description?: string;
  readonly images: readonly ImageBuild[];
  /** What it asks of the global tier, by name of the service. */
  readonly uses: Readonly<Record<string, unknown>>;
  /** Workloads of other projects whose URL its own get. */
  readonly links: readonly WorkloadReference[];
  readonly services: readonly Service[];
  readonly workloads: readonly Workload<WorkloadSettings>[];
  readonly commands: readonly ProjectCommand[];
  /** Environment variables for all of its workloads. */
  readonly env: EnvironmentValues;
  /** The keys of `.env.example` that no service claims: they go to all its workloads. */
  readonly secrets: readonly string[];
  /** Its `infra/manifests/*.yaml`. */
  readonly manifests: readonly Manifest[];
  /** Its `infra/chart.ts`, relative to the root. */
  readonly chart?: string;
  readonly patches: readonly Patch[];
  /** Whether its workloads tell Sentry of errors. */
  readonly sentry: boolean;
  /** Names of Secrets for registries that want a login, beside those of the profile. */
  readonly pullSecrets: readonly string[];
}

/** A change to objects that are made, after everything else was said. */
export interface Patch {
  /** Where it stands; the file is relative to the root. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Each field that is given has to match. */
  readonly target: {
    readonly kind?: string;
    /** A job's without its hash. */
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** @default every profile */
  readonly profiles?: readonly ProfileName[];
  /** A JSON merge patch (RFC 7396). */
  readonly merge?: Readonly<Record<string, unknown>>;
  /** A JSON patch (RFC 6902). */
  readonly operations?: readonly { readonly op: string; readonly path: string; readonly [field: string]: unknown }[];
}

/** A program that people run now and then in the container of a workload. */
export interface ProjectCommand {
  readonly name: string;
  readonly description?: string;
  readonly workload: string;
  readonly command: readonly string[];
  /** Whether it tells if the environment works. */
  readonly test: boolean;
}

/** What the settings of every kind of workload hold. */
export interface WorkloadSettings extends PodSettings {
  /** Name of a build of the project, or an image reference. */
  readonly image: string;
  readonly env: EnvironmentValues;
  readonly after: readonly string[];
  readonly replicas?: number;
}

/** An image that the project builds. Paths are relative to the root, with `/`. */
export interface ImageBuild {
  readonly name: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  /** Target in development. */
  readonly localTarget?: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Secrets of the build by id; none if there are none. */
  readonly secrets?: Readonly<Record<string, BuildSecret>>;
  /**
   * Further contexts by the name that the Dockerfile has for them, each a folder or `docker-image://…`; none if there are
   * none.
   */
  readonly additionalContexts?: Readonly<Record<string, string>>;
  /** What it is built for, such as `linux/arm64`; none for what the building machine is. */
  readonly platforms?: readonly string[];
  /** Paths that development copies into running containers. */
  readonly sync: readonly { readonly from: string; readonly to: string }[];
  /** Paths that need a new image when they change. */
  readonly rebuildOn: readonly string[];
}

/** Where the value of a secret of a build is: in a variable of the shell that builds, or in a file, relative to the root. */
export interface BuildSecret {
  readonly env?: string;
  readonly file?: string;
}

/** A workload of another project. */
export interface WorkloadReference {
  readonly project: string;
  readonly workload: string;
}

/** A file of plain Kubernetes objects. */
export interface Manifest {
  /** Relative to the root. */
  readonly path: string;
  readonly objects: readonly ManifestObject[];
}
