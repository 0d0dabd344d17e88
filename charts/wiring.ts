import { backupOf, storeSecret } from './backups.ts';
import { type Connection, managed, type SecretReference, type Variable } from './common/connection.ts';
import type { ImagePull } from './common/image-pull.ts';
import type { Consumer, Service, Workload } from './common/kind.ts';
import type { OwnerLabels } from './common/labels.ts';
import { objectName, serviceHost, variablePart } from './common/names.ts';
import type { ContainerProps } from './common/pod.ts';
import { protocols } from './common/ports.ts';
import { declaredVariables } from './common/variable-source.ts';
import { type Awaited, waitFor } from './common/wait.ts';
import { serviceKinds, workloadKinds } from './kinds.ts';
import type { Environment, Profile, Project, WorkloadSettings } from './model.ts';

/** What the objects of a project carry, or of the global tier without one. */
export const ownerOf = ({ namespace }: Environment, project?: Project): OwnerLabels =>
  project
    ? { environment: namespace, tier: 'project', project: project.name }
    : { environment: namespace, tier: 'global' };

/** Whether a service runs elsewhere in a profile. */
export function isManaged(profile: Profile, service: Service): boolean {
  const { managed } = profile;
  return managed.includes(service.kind) || managed.includes(`${service.scope}/${service.name}`);
}

/** The service that one stands in front of, among those of its project; none if it stands in front of nothing. */
export function behind(services: readonly Service[], { kind, settings }: Service): Service | undefined {
  const { frontOf } = serviceKinds[kind] ?? {};
  return frontOf && services.find((each) => each.kind === frontOf.kind && each.name === frontOf.name(settings));
}

/** Whether a service, or the one that it stands in front of, runs elsewhere in a profile. */
const isElsewhere = (profile: Profile, services: readonly Service[], service: Service): boolean =>
  isManaged(profile, behind(services, service) ?? service) || isManaged(profile, service);

/** The services of a namespace that run in the cluster, without the tools that show nothing in this profile. */
export function servicesInCluster(profile: Profile, services: readonly Service[]): Service[] {
  const here = services.filter((service) => !isElsewhere(profile, services, service));
  return here.filter(({ kind }) => {
    const companionOf = serviceKinds[kind]?.companionOf;
    return !companionOf || (profile.development && here.some((service) => service.kind === companionOf));
  });
}

/** The projects that use a service of the global tier. */
export const users = (environment: Environment, { name }: Service): Project[] =>
  environment.projects.filter(({ uses }) => Object.hasOwn(uses, name));

/** What the projects that use a service of the global tier ask of it. */
export function consumers(environment: Environment, service: Service): Consumer[] {
  return users(environment, service).map(({ name, uses }) => ({ project: name, use: uses[service.name] }));
}

/** The project that has a service of its own, as the one that uses it; none for a kind that is not asked for anything. */
export function ownConsumers({ kind, scope, settings }: Service): Consumer[] {
  const definition = serviceKinds[kind];
  return definition?.ownUse ? [{ project: scope, use: definition.ownUse(settings) }] : [];
}

/** The services of the global tier that read the metrics of a project's pods. */
export const scrapers = (environment: Environment, profile: Profile, { uses }: Project): Service[] =>
  servicesInCluster(profile, environment.services).filter(
    ({ name, kind }) => serviceKinds[kind]?.scrapes && Object.hasOwn(uses, name),
  );

/** What a project asks of a service, its own or one of the global tier. */
export const useOf = (project: Project, service: Service): unknown =>
  service.owner.tier === 'global' ? project.uses[service.name] : ownConsumers(service)[0]?.use;

/** What a project's workloads get from its services and from the global tier, by the service's name. */
export function connections(environment: Environment, profile: Profile, project: Project): Map<string, Connection> {
  const result = new Map<string, Connection>();
  const add = (service: Service, connection: Connection | undefined) => {
    if (!connection) return;
    const elsewhere = isElsewhere(profile, project.services, service);
    result.set(service.name, elsewhere ? managed(connection, project.name) : connection);
  };
  for (const service of environment.services) {
    if (!Object.hasOwn(project.uses, service.name)) continue;
    const consumer = { project: project.name, use: project.uses[service.name], profile: profile.name };
    add(service, serviceKinds[service.kind]?.connect?.(service, consumer));
  }
  const fronted = new Set(project.services.flatMap((service) => behind(project.services, service) ?? []));
  for (const service of project.services) {
    const [consumer = { project: project.name, use: undefined }] = ownConsumers(service);
    const { connect, frontOf } = serviceKinds[service.kind] ?? {};
    const server = behind(project.services, service);
    // That there is none is refused where it is named.
    if (frontOf && !server) continue;
    add(service, connect?.(service, { ...consumer, fronted: fronted.has(service), profile: profile.name }, server));
  }
  return result;
}

/** The Secret with the project's own secret variables. */
export const ownSecret = (project: Project): SecretReference => ({
  name: objectName(project.name, 'env'),
  keys: project.secrets.map((key) => ({ key, variable: key, owner: project.name, generated: false })),
});

/** The project's own secret variables. */
export const ownVariables = (project: Project): Variable[] => {
  const { name, keys } = ownSecret(project);
  return keys.map(({ key }) => ({ name: key, secret: name, key }));
};

/**
 * The variables with the address of another project's workload: `TURFOO_API_URL`, and where it has more than a port for HTTP
 * also `TURFOO_API_HOST`, `TURFOO_API_PORT`, and `TURFOO_API_GRPC_PORT` for each further port.
 */
function linkVariables(environment: Environment, { project, workload }: Project['links'][number]): Variable[] {
  const target = findWorkload(findProject(environment, project), workload);
  const [main, ...further] = workloadKinds[target.kind]?.ports(target.settings) ?? [];
  // That it has none is refused where the link stands.
  if (!main) return [];
  const part = `${variablePart(project)}_${variablePart(workload)}`;
  const host = serviceHost(target.object, target.namespace);
  const { protocol = 'tcp' } = main;
  const url = { name: `${part}_URL`, value: `${protocols[protocol].scheme}://${host}:${main.port}` };
  if (protocol === 'http' && further.length === 0) return [url];
  return [
    url,
    { name: `${part}_HOST`, value: host },
    { name: `${part}_PORT`, value: String(main.port) },
    ...further.map(({ name, port }) => ({ name: `${part}_${variablePart(name)}_PORT`, value: String(port) })),
  ];
}

function findProject(environment: Environment, name: string): Project {
  const found = environment.projects.find((each) => each.name === name);
  if (!found) throw new TypeError(`no project ${name}`);
  return found;
}

function findWorkload(project: Project, name: string): Workload<WorkloadSettings> {
  const found = project.workloads.find((each) => each.name === name);
  if (!found) throw new TypeError(`no workload ${project.name}/${name}`);
  return found;
}

/** The environment of a workload, complete and in order: a variable may refer to those before it. */
export function variables(
  environment: Environment,
  project: Project,
  connected: ReadonlyMap<string, Connection>,
  workload: Workload<WorkloadSettings>,
): Variable[] {
  const own = declaredVariables({ ...project.env, ...workload.settings.env });
  const given = [...connected.values()];
  const its = given.flatMap((connection) => connection.ofWorkload?.(workload) ?? []);
  return [
    ...given.flatMap(
      (connection) => (workload.kind === 'job' ? connection.jobs?.variables : undefined) ?? connection.variables,
    ),
    ...its.filter(({ name }) => !own.some((each) => each.name === name)),
    ...project.links.flatMap((link) => linkVariables(environment, link)),
    ...ownVariables(project),
    ...own,
  ];
}

/** The image reference of a workload in a profile. */
export function imageReference(profile: Profile, project: string, image: string): string {
  if (/[/:@]/.test(image)) return image;
  const name = objectName(project, image);
  const { namespacePrefix, namespaceSuffix } = profile;
  // On a node there is one image of a name: each instance of an environment has its own.
  if (!profile.images) return `${objectName(`${namespacePrefix}${project}${namespaceSuffix}`, image)}:local`;
  const { registry, tag, digests = {} } = profile.images;
  const digest = digests[name];
  return `${registry}/${name}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}

/** How the pods of a project, or of the global tier, pull images; none for as they are named, without a login. */
export function pullOf({ pull, images }: Profile, project?: Project): ImagePull | undefined {
  const secrets = [...new Set([...(pull?.secrets ?? []), ...(project?.pullSecrets ?? [])])];
  if (!pull && secrets.length === 0) return undefined;
  return {
    mirror: pull?.mirror ?? {},
    policy: pull?.policy,
    secrets,
    locked: pull?.locked,
    registry: images?.registry,
  };
}

/**
 * Containers that wait for what a workload is declared to come after, in that order. Nothing waits for what is managed: it runs, or
 * waiting does not bring it.
 */
export function waits(
  environment: Environment,
  profile: Profile,
  project: Project,
  connected: ReadonlyMap<string, Connection>,
  workload: Workload<WorkloadSettings>,
): ContainerProps[] {
  return workload.settings.after.flatMap((name) => {
    const connection = connected.get(name);
    const service = [...environment.services, ...project.services].find((each) => each.name === name);
    if (service && isManaged(profile, service)) return [];
    const target = service ? `${service.namespace}/${service.object}` : name;
    return waitFor(
      connection
        ? { name, target, check: connection.ready, variables: connection.variables }
        : awaitedWorkload(environment, profile, project, connected, name),
    );
  });
}

function awaitedWorkload(
  environment: Environment,
  profile: Profile,
  project: Project,
  connected: ReadonlyMap<string, Connection>,
  name: string,
): Awaited {
  const [owner, short] = name.includes('/') ? (name.split('/') as [string, string]) : [project.name, name];
  const target = findWorkload(owner === project.name ? project : findProject(environment, owner), short);
  const image = imageReference(profile, owner, target.settings.image);
  const check = workloadKinds[target.kind]?.check?.(target, image);
  if (!check) throw new TypeError(`${owner}/${short} can't be waited for`);
  return {
    // Two dashes: a workload `web-site` beside `web/site` must not get the same.
    name: name.replace('/', '--'),
    target: `${target.namespace}/${target.object}`,
    check,
    // Who waits for a job has no need of what the job may do.
    variables: owner === project.name ? variables(environment, project, connected, { ...target, kind: '' }) : [],
  };
}

/**
 * The Secrets that a namespace's manifests refer to: of the global tier without a project, otherwise of the project.
 *
 * @param connected the project's connections, where they are known already
 */
export function secrets(
  environment: Environment,
  profile: Profile,
  project?: Project,
  connected = project && connections(environment, profile, project),
): SecretReference[] {
  const { name: scope, services } = project ?? environment;
  const stores = servicesInCluster(profile, services).flatMap((service) => {
    const backup = backupOf(profile, service);
    return backup ? [storeSecret(backup, scope, environment.name)] : [];
  });
  if (!project) {
    const own = servicesInCluster(profile, services).flatMap(
      (service) => serviceKinds[service.kind]?.secrets(service, consumers(environment, service)) ?? [],
    );
    return [...own, ...stores.slice(0, 1)];
  }
  const own = servicesInCluster(profile, project.services).flatMap(
    (service) => serviceKinds[service.kind]?.secrets(service, ownConsumers(service)) ?? [],
  );
  const ofConnections = [...(connected?.values() ?? [])].map((connection) => connection.secret);
  const byName = new Map<string, SecretReference>();
  for (const secret of [...own, ...ofConnections, ownSecret(project), ...stores])
    byName.set(secret.name, withKeysOf(byName.get(secret.name), secret));
  return [...byName.values()].filter(({ keys, made }) => keys.length > 0 && (!made || profile.development));
}

/** A Secret with the keys that another reference to it names. */
function withKeysOf(other: SecretReference | undefined, { name, made, keys }: SecretReference): SecretReference {
  const more = (other?.keys ?? []).filter(({ key }) => !keys.some((each) => each.key === key));
  return { name, made, keys: [...more, ...keys] };
}

/**
 * The variables of a project's `.env` that its services are made from, in any profile: all services are in the cluster
 * in the local one, and where they are managed they take what they promise.
 */
export function claimedVariables(environment: Environment, project: Project): Set<string> {
  const { local } = environment.profiles;
  const connected = connections(environment, local, project);
  const keys = secrets(environment, local, { ...project, secrets: [] }, connected).flatMap((secret) => secret.keys);
  const own = keys.filter(({ owner }) => owner === project.name).map(({ variable }) => variable);
  const promised = [...connected.values()].flatMap(({ promises, jobs }) => [
    ...promises,
    ...Object.values(jobs?.managed ?? {}),
  ]);
  return new Set([...own, ...promised]);
}
