import type { NamespaceObjects } from '../../charts/app.ts';
import { backupComponents } from '../../charts/common/backup-labels.ts';
import type { SecretReference } from '../../charts/common/connection.ts';
import type { ServicePort } from '../../charts/common/kind.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import { objectName } from '../../charts/common/names.ts';
import type { SecurityException } from '../../charts/common/security.ts';
import { exporterMetrics, exporterName } from '../../charts/constructs/exporter.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, ImageBuild, Profile, ProfileName, Project } from '../../charts/model.ts';
import { exceptionOf, namespaceObject } from '../../charts/namespace-security.ts';
import { imageReference, isManaged, secrets, servicesInCluster } from '../../charts/wiring.ts';
import { environmentPaths } from '../config/environment-files.ts';
import { dependencies } from '../config/select-projects.ts';

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

/** The part of the plan for a namespace. Without `made`, its objects are missing and jobs have no hash in their names. */
export function planNamespace(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  made: Pick<NamespaceObjects, 'objects' | 'jobs'> = { objects: [], jobs: [] },
): PlannedNamespace {
  const { name: scope, namespace: name } = project ?? environment;
  const tier = project ? 'project' : 'global';
  const namespaceOf = (project: string) =>
    environment.projects.find((each) => each.name === project)?.namespace ?? project;
  return {
    name,
    tier,
    project: project?.name,
    directory: project?.directory ?? '.',
    needs: project ? dependencies(project).map(namespaceOf) : [],
    manifest: manifestName(name),
    labels: namespaceObject(environment, profile, project).metadata.labels,
    images: (project?.images ?? []).map((image) => planImage(profile, scope, image)),
    services: [
      ...planServices(profile, project?.services ?? environment.services),
      ...(project ? [] : planExporter(environment, profile)),
    ],
    workloads: planWorkloads(environment, profile, project, made),
    commands: (project?.commands ?? []).map(({ workload, ...command }) => ({
      ...command,
      object: objectName(scope, workload),
    })),
    objects: made.objects.map(({ kind, metadata }) => ({
      kind,
      name: metadata?.name ?? '',
      of: metadata?.labels?.[labelKeys.instance],
    })),
    secrets: planSecrets(environment, profile, project),
  };
}

/** The Secrets of the global tier, or of a project. */
export function planSecrets(environment: Environment, profile: Profile, project?: Project): PlannedSecret[] {
  // Only the global tier's Secrets hold variables of other projects.
  const owners = new Map((project ? [project] : environment.projects).map(({ name, directory }) => [name, directory]));
  const paths = (owner: string) => environmentPaths(owners.get(owner) ?? '').path;
  return secrets(environment, profile, project).map((secret) => planSecret(paths, secret));
}

/** The file with a namespace's objects. */
export const manifestName = (namespace: string): string => `${namespace}.k8s.yaml`;

function planImage(
  profile: Profile,
  project: string,
  { localTarget, target, platforms = [], ...image }: ImageBuild,
): PlannedImage {
  return {
    ...image,
    // Docker has no room for more than one under a name, and this machine runs its own.
    platforms: platforms.length === 0 || (profile.development && platforms.length > 1) ? undefined : platforms,
    reference: imageReference(profile, project, image.name),
    target: profile.development ? (localTarget ?? target) : target,
    sync: profile.development ? image.sync : [],
  };
}

function planServices(profile: Profile, services: Project['services']): PlannedWorkload[] {
  const here = new Set(servicesInCluster(profile, services));
  return services
    .filter((service) => here.has(service) || isManaged(profile, service))
    .map((service) => {
      const kind = serviceKinds[service.kind];
      const { name, object, settings } = service;
      if (!here.has(service)) return { name, kind: service.kind, object, managed: true, ports: [], after: [] };
      const controller = { kind: kind?.controller(settings) ?? '', name: object };
      const client = kind?.client?.(settings);
      return {
        name,
        kind: service.kind,
        object,
        controller,
        ports: shifted(profile, kind?.ports(settings)),
        after: [],
        security: exceptionOf(service),
        client,
        clientName: client && (kind?.clientName ?? client[0]),
      };
    });
}

/** The exporter is a service of the global tier that no configuration names. */
function planExporter(environment: Environment, profile: Profile): PlannedWorkload[] {
  if (!profile.monitoring.exporter) return [];
  const object = objectName(environment.name, exporterName);
  const { port, number } = exporterMetrics;
  return [
    {
      name: exporterName,
      kind: 'exporter',
      object,
      controller: { kind: 'Deployment', name: object },
      ports: [{ name: port, port: number, protocol: 'http' }],
      after: [],
    },
  ];
}

/** The ports as this machine has them. */
const shifted = ({ hostPorts, portOffset }: Profile, ports: readonly ServicePort[] = []): ServicePort[] =>
  ports.map(({ hostPort, ...port }) =>
    hostPort === undefined || !hostPorts ? port : { ...port, hostPort: hostPort + portOffset },
  );

/** A project's workloads, and the jobs that services bring along, which no configuration names. */
function planWorkloads(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  { objects, jobs }: Pick<NamespaceObjects, 'objects' | 'jobs'>,
): PlannedWorkload[] {
  const jobNames = new Map(jobs.map(({ name, labelled }) => [labelled.object, name]));
  const declared = (project?.workloads ?? []).map((workload) => {
    const { name, kind, object, settings } = workload;
    const { controller = '', ports } = workloadKinds[kind] ?? {};
    const controllerName = jobNames.get(object) ?? object;
    jobNames.delete(object);
    const made = objects.find((each) => each.kind === controller && each.metadata?.name === controllerName);
    return {
      name,
      kind,
      object,
      controller: { kind: controller, name: controllerName },
      ports: shifted(profile, ports?.(settings)),
      // A chart of the project's own may have patched it.
      replicas: (made?.spec as { replicas?: number } | undefined)?.replicas ?? settings.replicas,
      after: settings.after.map((target) => qualified(environment, project as Project, target)),
      ...('mayFail' in settings && settings.mayFail === true && { mayFail: true as const }),
      security: exceptionOf(workload),
    };
  });
  const brought = jobs
    .filter(({ labelled }) => jobNames.has(labelled.object))
    .map(({ name, labelled }) => ({
      name: labelled.name,
      kind: 'job',
      object: labelled.object,
      controller: { kind: 'Job', name },
      ports: [],
      after: [],
    }));
  return [...declared, ...brought, ...planBackups(objects)];
}

/** The cron jobs that make and check the backups of services. */
const planBackups = (objects: NamespaceObjects['objects']): PlannedWorkload[] =>
  objects.flatMap(({ kind, metadata: { name = '', labels = {} } = {} }) =>
    kind === 'CronJob' && Object.values<string | undefined>(backupComponents).includes(labels[labelKeys.component])
      ? [
          {
            name: labels[labelKeys.name] ?? name,
            kind: 'cronjob',
            object: labels[labelKeys.instance] ?? name,
            controller: { kind, name },
            ports: [],
            after: [],
          },
        ]
      : [],
  );

/** `namespace/object` of what `after` names. */
function qualified(environment: Environment, project: Project, target: string): string {
  if (target.includes('/')) {
    const [name] = target.split('/');
    const other = environment.projects.find((each) => each.name === name);
    return `${other?.namespace}/${target.replace('/', '-')}`;
  }
  const own = [...project.services, ...project.workloads].find(({ name }) => name === target);
  const entry = own ?? environment.services.find(({ name }) => name === target);
  return `${entry?.namespace}/${entry?.object}`;
}

function planSecret(paths: (owner: string) => string, { name, keys }: SecretReference): PlannedSecret {
  return {
    name,
    keys: keys.map(({ owner, ...key }) => ({ ...key, file: paths(owner) })),
  };
}
