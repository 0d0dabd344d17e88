import type { NamespaceObjects } from '../../charts/app.ts';
import { backupComponents } from '../../charts/common/backup-labels.ts';
import type { SecretReference } from '../../charts/common/connection.ts';
import type { ServicePort } from '../../charts/common/kind.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import { objectName } from '../../charts/common/names.ts';
import { exporterMetrics, exporterName } from '../../charts/constructs/exporter.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, ImageBuild, Profile, Project } from '../../charts/model.ts';
import { exceptionOf, namespaceObject } from '../../charts/namespace-security.ts';
import { imageReference, isManaged, secrets, servicesInCluster } from '../../charts/wiring.ts';
import { environmentPaths } from '../config/environment-files.ts';
import { dependencies } from '../config/select-projects.ts';
import {
  manifestName,
  type PlannedImage,
  type PlannedNamespace,
  type PlannedSecret,
  type PlannedWorkload,
} from './plan.ts';

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
        // The Services of a Cluster are its operator's.
        ports: controller.kind === 'Cluster' ? [] : shifted(profile, kind?.ports(settings)),
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
