import type { ServicePort } from '../../charts/common/kind.ts';
import type { SecurityException } from '../../charts/common/security.ts';
import type { ImageBuild, ProfileName } from '../../charts/model.ts';

/** The one description of what the manifests hold that Tilt and the command line work from. */
export interface Plan {
  /** The global tier's namespace, which every object carries as `part-of`. */
  readonly environment: string;
  readonly profile: ProfileName;
  /** The global tier, then the projects in the order of their names. */
  readonly namespaces: readonly PlannedNamespace[];
}

export interface PlannedNamespace {
  readonly name: string;
  readonly tier: 'global' | 'project';
  /** Short name of the project; none in the global tier. */
  readonly project?: string;
  /** Folder of the project, relative to the root; `.` for the global tier. */
  readonly directory: string;
  /** Namespaces of the projects that it uses or waits for. */
  readonly needs: readonly string[];
  /** File with its objects, beside the plan. */
  readonly manifest: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly images: readonly PlannedImage[];
  readonly services: readonly PlannedWorkload[];
  readonly workloads: readonly PlannedWorkload[];
  readonly commands: readonly PlannedCommand[];
  /** What is in the manifest. */
  readonly objects: readonly PlannedObject[];
  /** The Secrets that the manifests refer to, and in development the `.env` files that they are made from. */
  readonly secrets: readonly PlannedSecret[];
}

export interface PlannedImage extends Omit<ImageBuild, 'localTarget' | 'target'> {
  /** The image reference in the manifests. */
  readonly reference: string;
  readonly target?: string;
}

/** A service or a workload. */
export interface PlannedWorkload {
  readonly name: string;
  readonly kind: string;
  /** Name of its objects; a job's has a hash after it. */
  readonly object: string;
  /** Kind and name of the controller of its pods; none if it runs elsewhere. */
  readonly controller?: { readonly kind: string; readonly name: string };
  readonly managed?: true;
  readonly ports: readonly ServicePort[];
  /** What it starts after: `namespace/object`. */
  readonly after: readonly string[];
  /** Number of its pods. */
  readonly replicas?: number;
  /** Whether a run of it that failed is no more than worth knowing. */
  readonly mayFail?: true;
  /** The exception of its pods from Pod Security `restricted`. */
  readonly security?: SecurityException;
  /** Program in its container with which people talk to it. */
  readonly client?: readonly string[];
  /** What people call that program. */
  readonly clientName?: string;
}

export interface PlannedObject {
  readonly kind: string;
  readonly name: string;
  /** The service or workload that it belongs to: its `object`. */
  readonly of?: string;
  /** Whether it is there only because of the project's `infra/chart.ts`. */
  readonly added?: boolean;
}

/** A program that people run now and then in a workload's container. */
export interface PlannedCommand {
  readonly name: string;
  readonly description?: string;
  /** Name of the workload's objects. */
  readonly object: string;
  readonly command: readonly string[];
  /** Whether it tells if the environment works. */
  readonly test: boolean;
}

export interface PlannedSecret {
  readonly name: string;
  readonly keys: readonly PlannedSecretKey[];
}

export interface PlannedSecretKey {
  readonly key: string;
  /** Variable in the file. */
  readonly variable: string;
  /** The `.env`, relative to the root. */
  readonly file: string;
  /** Whether repoctl may make the value up. */
  readonly generated: boolean;
  /** What its value has to be, by its name in charts/common/managed-values.ts. @default anything */
  readonly rule?: string;
}

/** The file with a namespace's objects. */
export const manifestName = (namespace: string): string => `${namespace}.k8s.yaml`;
