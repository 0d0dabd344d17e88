import { maximumObjectName } from '../../charts/common/fields.ts';
import type { Consumer, Service } from '../../charts/common/kind.ts';
import { objectName } from '../../charts/common/names.ts';
import { defaultDeny } from '../../charts/constructs/network-policies.ts';
import { globalPath, serviceKinds } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { consumers, ownConsumers } from '../../charts/wiring.ts';
import { suggestion } from '../platform/nearest.ts';
import { checkBackups } from './check-backups.ts';
import { checkClusters, checkGlobalClusters } from './check-clusters.ts';
import { checkCommands } from './check-commands.ts';
import { checkCycles, checkDependencies, hasPort, linkProblem } from './check-dependencies.ts';
import { checkFronts, checkGlobalFronts } from './check-fronts.ts';
import { checkEgress, checkExposed, checkGlobalEgress, checkManagedAddresses } from './check-network.ts';
import { checkPods } from './check-pods.ts';
import { checkQueues } from './check-queues.ts';
import { projectFile } from './discover.ts';
import { checkHostPorts } from './host-ports.ts';
import { type Problem, pathText, type Refuse } from './problem.ts';
import { environmentFile } from './root.ts';
import { checkVariables } from './variable-clashes.ts';

/**
 * What is wrong between projects, and between the parts of one.
 *
 * @param complete whether every project could be read: if not, one that isn't there may be one of the others
 * @param whole whether none was left out: if one was, repoctl.yaml may name what it has
 */
export function crossCheck(environment: Environment, complete = true, whole = complete): Problem[] {
  const problems: Problem[] = [];
  const refuseIn =
    (file: string): Refuse =>
    (path, message, at = 'value') =>
      problems.push({ file, place: { path, at }, message });
  const refuseInProject = new Map(
    environment.projects.map((project) => [project, refuseIn(`${project.directory}/${projectFile}`)]),
  );
  checkProjectNames(environment, refuseIn(environmentFile), refuseInProject);
  checkObjectNames(environment, refuseInProject);
  checkHostPorts(environment, refuseIn(environmentFile), refuseInProject);
  checkClashes(environment, refuseInProject);
  checkExposed(environment, refuseInProject);
  checkManaged(environment, whole, refuseIn(environmentFile));
  checkPods(environment, undefined, refuseIn(environmentFile));
  checkManagedAddresses(environment, whole, refuseIn(environmentFile));
  checkGlobalEgress(environment, refuseIn(environmentFile));
  checkBackups(environment, undefined, refuseIn(environmentFile));
  checkGlobalClusters(environment, refuseIn(environmentFile));
  checkGlobalFronts(environment, refuseIn(environmentFile));
  for (const [project, refuse] of refuseInProject) {
    checkNames(environment, project, refuse);
    checkUses(environment, complete, project, refuse);
    checkDependencies(environment, complete, project, refuse);
    checkVariables(environment, project, refuse);
    checkCommands(project, refuse);
    checkFronts(project, refuse);
    checkPods(environment, project, refuse);
    checkQueues(environment, project, refuse);
    checkClusters(environment, project, refuse);
    checkEgress(environment, complete, project, refuse);
    checkBackups(environment, project, refuse);
  }
  checkCycles(environment, refuseInProject);
  return problems;
}

/** Why nothing can have a name, if so. */
const reservation = (name: string): string | undefined => {
  if (/^(default|kube-.*)$/.test(name)) return 'a namespace of Kubernetes itself';
  // Constructs keep their children in an object, where this name is taken.
  return name === 'constructor' ? 'reserved' : undefined;
};

function checkProjectNames(environment: Environment, refuseGlobal: Refuse, refuse: ReadonlyMap<Project, Refuse>) {
  const owners = new Map<string, Project>();
  const reserved = reservation(environment.name);
  if (reserved) refuseGlobal(['name'], `name: "${environment.name}" is ${reserved}; choose another name`);
  for (const [project, refuseHere] of refuse) {
    const { name } = project;
    const other = owners.get(name);
    if (other)
      refuseHere(
        ['name'],
        `name: "${name}" is the name of ${other.directory} already; allowed: one that no other project has`,
      );
    else owners.set(name, project);
    if (name === environment.name)
      refuseHere(
        ['name'],
        `name: "${name}" is the namespace of the global tier; allowed: any other than the environment's`,
      );
    const reserved = reservation(name);
    if (reserved) refuseHere(['name'], `name: "${name}" is ${reserved}; choose another name`);
  }
}

/**
 * Objects and images are named `PROJECT-NAME`, and Tilt and the image store know them by that alone: `web-api` of `shop`
 * and `api` of `shop-web` would be the same.
 */
function checkObjectNames(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
  const named = (project: Project) => ({
    objects: [
      ...project.services.map(({ name }) => ['services', name] as const),
      ...project.workloads.map(({ name }) => ['workloads', name] as const),
    ],
    images: project.images.map(({ name }) => ['images', name] as const),
  });
  for (const sort of ['objects', 'images'] as const) {
    const owners = new Map<string, { readonly owner: string; readonly name: string }>();
    const inTier = sort === 'objects' ? environment.services : [];
    for (const { object, name } of inTier) owners.set(object, { owner: environment.name, name });
    for (const [project, refuseHere] of refuse) {
      for (const path of named(project)[sort]) {
        const object = objectName(project.name, path[1]);
        const other = owners.get(object);
        const message = `${pathText(path)}: "${object}" is what ${other?.owner}/${other?.name} becomes; choose another name`;
        if (!other) owners.set(object, { owner: project.name, name: path[1] });
        else if (other.owner !== project.name) refuseHere(path, message, 'key');
      }
    }
  }
}

function checkNames(environment: Environment, project: Project, refuse: Refuse) {
  // MinIO's Secret of users and its job are named after it.
  const beside = project.services.filter(({ kind }) => kind === 'minio');
  const seen = new Map(
    beside.flatMap(({ name }) => [`${name}-users`, `${name}-buckets`].map((each) => [each, `services.${name}`])),
  );
  const inTier = new Set(
    environment.services.map(({ name }) => name).filter((name) => Object.hasOwn(project.uses, name)),
  );
  for (const [field, entries] of [
    ['services', project.services],
    ['workloads', project.workloads],
  ] as const) {
    for (const { name, object } of entries) {
      const path = [field, name];
      if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
        refuse(
          path,
          `${field}.${name}: the name "${name}" must be lower-case letters, digits and "-", beginning with a letter (RFC 1123)`,
          'key',
        );
      if (object.length > maximumObjectName)
        refuse(
          path,
          `${field}.${name}: "${object}" has ${object.length} characters; allowed: ${maximumObjectName}`,
          'key',
        );
      if (seen.has(name))
        refuse(
          path,
          `${field}.${name}: "${name}" stands under ${seen.get(name)} too; the two would have the same objects`,
          'key',
        );
      if (inTier.has(name))
        refuse(
          path,
          `${field}.${name}: "${name}" is the service of the global tier that the project uses; choose another name`,
          'key',
        );
      if (name === 'env')
        refuse(path, `${field}.env: the name is taken by the Secret ${object}; choose another`, 'key');
      if (name === defaultDeny)
        refuse(path, `${field}.${name}: the name is taken by the NetworkPolicy ${object}; choose another`, 'key');
      if (name === 'constructor') refuse(path, `${field}.${name}: "${name}" is reserved; choose another name`, 'key');
      seen.set(name, field);
    }
  }
}

/** What projects can't all have of a service that they share. */
function checkClashes(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
  const projects = new Map([...refuse.keys()].map((project) => [project.name, project]));
  const check = (service: Service, users: readonly Consumer[], at: readonly string[]) => {
    for (const { project, path, message } of serviceKinds[service.kind]?.clashes?.(service, users) ?? []) {
      const where = [...at, ...path];
      refuse.get(projects.get(project) as Project)?.(where, `${pathText(where)}: ${message}`);
    }
  };
  for (const service of environment.services)
    check(service, consumers({ ...environment, projects: [...projects.values()] }, service), ['uses', service.name]);
  for (const project of projects.values())
    for (const service of project.services) check(service, ownConsumers(service), ['services', service.name]);
}

function checkManaged(environment: Environment, complete: boolean, refuse: Refuse) {
  const services = [...environment.services, ...environment.projects.flatMap((project) => project.services)];
  const connectable = services.filter(({ kind }) => serviceKinds[kind]?.connect);
  const kinds = Object.entries(serviceKinds).flatMap(([kind, { connect }]) => (connect ? [kind] : []));
  const allowed = new Set([...kinds, ...connectable.map(({ scope, name }) => `${scope}/${name}`)]);
  for (const profile of Object.values(environment.profiles)) {
    const [, extended = ''] = profile.chain;
    // What it takes over is refused where it stands.
    if (environment.profiles[extended]?.managed === profile.managed) continue;
    for (const [index, name] of profile.managed.entries()) {
      const mayBeUnread = !complete && !isKnown(environment, name.split('/')[0] ?? '') && name.includes('/');
      if (!allowed.has(name) && !mayBeUnread)
        refuse(
          ['profiles', profile.name, 'managed', index],
          `profiles.${profile.name}.managed[${index}]: no service "${name}"; ${suggestion(name, [...allowed])}`,
        );
    }
  }
}

const isKnown = (environment: Environment, owner: string): boolean =>
  owner === environment.name || environment.projects.some(({ name }) => name === owner);

function checkUses(environment: Environment, complete: boolean, project: Project, refuse: Refuse) {
  for (const name of Object.keys(project.uses)) {
    if (!environment.services.some((service) => service.name === name))
      refuse(
        ['uses', name],
        `uses.${name}: the environment has none (${pathText(globalPath(name))}: false in ${environmentFile})`,
        'key',
      );
  }
  const links = project.links.map((link) => `${link.project}/${link.workload}`);
  for (const [index, link] of links.entries()) {
    const path = ['uses', 'projects', index];
    const problem = linkProblem(environment, complete, link, hasPort);
    if (problem) refuse(path, `${pathText(path)}: ${problem}`);
    if (links.indexOf(link) < index) refuse(path, `${pathText(path)}: "${link}" is named twice`);
  }
}
