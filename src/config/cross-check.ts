import { maximumObjectName } from '../../charts/common/fields.ts';
import type { ServicePort } from '../../charts/common/kind.ts';
import type { RedisSettings } from '../../charts/constructs/redis.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { projectFile } from './discover.ts';
import type { Environment, Project } from './model.ts';
import { suggestion } from './nearest.ts';
import type { Problem } from './problem.ts';

/** The name of the environment's file. */
export const environmentFile = 'repoctl.yaml';

type Refuse = (path: readonly PropertyKey[], message: string, at?: 'key' | 'value') => void;

/** What is wrong between projects, and between the parts of one. */
export function crossCheck(environment: Environment): Problem[] {
  const problems: Problem[] = [];
  const refuseIn =
    (file: string): Refuse =>
    (path, message, at = 'value') =>
      problems.push({ file, place: { path, at }, message });
  const refuseInProject = new Map(
    environment.projects.map((project) => [project, refuseIn(`${project.directory}/${projectFile}`)]),
  );
  checkProjectNames(environment, refuseInProject);
  checkHostPorts(environment, refuseIn(environmentFile), refuseInProject);
  checkDatabases(environment, refuseInProject);
  checkManaged(environment, refuseIn(environmentFile));
  for (const [project, refuse] of refuseInProject) {
    checkNames(environment, project, refuse);
    checkUses(environment, project, refuse);
    checkDependencies(environment, project, refuse);
  }
  checkCycles(environment, refuseInProject);
  return problems;
}

const reservedNamespaces = /^(default|kube-.*)$/;

function checkProjectNames(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
  const owners = new Map<string, Project>();
  for (const [project, refuseHere] of refuse) {
    const { name, directory } = project;
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
    if (reservedNamespaces.test(name))
      refuseHere(['name'], `name: "${name}" is a namespace of Kubernetes itself (${directory})`);
  }
}

function checkNames(environment: Environment, project: Project, refuse: Refuse) {
  const seen = new Map<string, string>();
  const inTier = new Set(environment.services.filter(({ kind }) => kind in project.uses).map(({ name }) => name));
  for (const [field, entries] of [
    ['services', project.services],
    ['workloads', project.workloads],
  ] as const) {
    for (const { name, object } of entries) {
      const path = [field, name];
      if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
        refuse(
          path,
          `${field}: the name "${name}" must be lower-case letters, digits and "-", beginning with a letter (RFC 1123)`,
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
      seen.set(name, field);
    }
  }
}

interface PortOwner {
  readonly what: string;
  readonly path: readonly PropertyKey[];
  readonly refuse: Refuse;
}

function checkHostPorts(environment: Environment, refuseGlobal: Refuse, refuse: ReadonlyMap<Project, Refuse>) {
  const owners = new Map<number, PortOwner>();
  const claim = (ports: readonly ServicePort[], owner: PortOwner) => {
    for (const { hostPort } of ports) {
      if (hostPort === undefined) continue;
      const other = owners.get(hostPort);
      if (other) {
        let free = hostPort + 1;
        while (owners.has(free)) free++;
        owner.refuse(
          owner.path,
          `${owner.what}: port ${hostPort} is taken by ${other.what}; the next free one is ${free}`,
        );
      } else owners.set(hostPort, owner);
    }
  };
  for (const service of environment.services) {
    const kind = globalKinds[service.kind];
    const what = `${environment.name}/${service.name}`;
    claim(kind?.ports(service.settings) ?? [], {
      what,
      path: ['global', kind?.field ?? '', 'hostPort'],
      refuse: refuseGlobal,
    });
  }
  for (const [project, refuseHere] of refuse) {
    for (const service of project.services)
      claim(serviceKinds[service.kind]?.ports(service.settings) ?? [], {
        what: `${project.name}/${service.name}`,
        path: ['services', service.name, 'hostPort'],
        refuse: refuseHere,
      });
    for (const workload of project.workloads)
      claim(workloadKinds[workload.kind]?.ports(workload.settings) ?? [], {
        what: `${project.name}/${workload.name}`,
        path: ['workloads', workload.name, 'hostPort'],
        refuse: refuseHere,
      });
  }
}

function checkDatabases(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
  const redis = environment.services.find(({ kind }) => kind === 'redis')?.settings as RedisSettings | undefined;
  const owners = new Map<number, string>();
  for (const [project, refuseHere] of refuse) {
    const database = (project.uses.redis as { database: number } | undefined)?.database;
    if (database === undefined || !redis) continue;
    const path = ['uses', 'redis', 'database'];
    const other = owners.get(database);
    if (other) {
      const free = Array.from({ length: redis.databases }, (_, index) => index).find((index) => !owners.has(index));
      refuseHere(
        path,
        `uses.redis.database: ${database} is taken by ${other}; ${free === undefined ? 'none is free' : `the lowest free one is ${free}`}`,
      );
    } else owners.set(database, project.name);
    if (database >= redis.databases)
      refuseHere(
        path,
        `uses.redis.database: given ${database}; allowed: 0 to ${redis.databases - 1} (global.redis.databases)`,
      );
  }
}

function checkManaged(environment: Environment, refuse: Refuse) {
  const services = [...environment.services, ...environment.projects.flatMap((project) => project.services)];
  const connectable = services.filter(({ kind }) => (serviceKinds[kind] ?? globalKinds[kind])?.connect);
  const kinds = Object.entries({ ...serviceKinds, ...globalKinds }).flatMap(([kind, { connect }]) =>
    connect ? [kind] : [],
  );
  const allowed = new Set([...kinds, ...connectable.map(({ namespace, name }) => `${namespace}/${name}`)]);
  for (const profile of Object.values(environment.profiles)) {
    for (const [index, name] of profile.managed.entries()) {
      if (!allowed.has(name))
        refuse(
          ['profiles', profile.name, 'managed', index],
          `profiles.${profile.name}.managed[${index}]: no service "${name}"; ${suggestion(name, [...allowed])}`,
        );
    }
  }
}

function checkUses(environment: Environment, project: Project, refuse: Refuse) {
  for (const kind of Object.keys(project.uses)) {
    if (!environment.services.some((service) => service.kind === kind))
      refuse(
        ['uses', kind],
        `uses.${kind}: the environment has none (global.${kind}: false in ${environmentFile})`,
        'key',
      );
  }
  for (const [index, { project: owner, workload }] of project.links.entries()) {
    const problem = workloadProblem(environment, owner, workload, ({ kind }) => kind === 'http');
    if (problem) refuse(['uses', 'projects', index], `uses.projects[${index}]: ${problem}`);
  }
}

/** Why `owner/name` is no workload of the wanted sort, or nothing. */
function workloadProblem(
  environment: Environment,
  owner: string,
  name: string,
  wanted: (workload: Project['workloads'][number]) => boolean,
): string | undefined {
  const project = environment.projects.find((each) => each.name === owner);
  if (!project)
    return `no project "${owner}"; ${suggestion(
      owner,
      environment.projects.map((each) => each.name),
    )}`;
  const suitable = project.workloads.filter(wanted);
  if (suitable.some((workload) => workload.name === name)) return undefined;
  const there = project.workloads.some((workload) => workload.name === name);
  return `${owner} has no ${there ? 'http ' : ''}workload "${name}"${there ? ': it serves nothing' : ''}; ${suggestion(
    name,
    suitable.map((each) => each.name),
  )}`;
}

/** What a workload of the project can be `after`. */
function awaitable(environment: Environment, project: Project): string[] {
  const used = environment.services.filter(({ kind }) => kind in project.uses && globalKinds[kind]?.connect);
  const services = project.services.filter(({ kind }) => serviceKinds[kind]?.connect);
  const workloads = project.workloads.filter((workload) => workloadKinds[workload.kind]?.check?.(workload, ''));
  return [...used, ...services, ...workloads].map(({ name }) => name);
}

function checkDependencies(environment: Environment, project: Project, refuse: Refuse) {
  const names = awaitable(environment, project);
  for (const { name: workload, settings } of project.workloads) {
    for (const [index, name] of settings.after.entries()) {
      const path = ['workloads', workload, 'after', index];
      const field = `workloads.${workload}.after[${index}]`;
      if (settings.after.indexOf(name) < index) refuse(path, `${field}: "${name}" is named twice`);
      if (name.includes('/')) {
        const [owner = '', other = ''] = name.split('/');
        const problem = workloadProblem(environment, owner, other, ({ kind }) => kind === 'http');
        if (problem) refuse(path, `${field}: ${problem}`);
      } else if (!names.includes(name))
        refuse(path, `${field}: ${dependencyProblem(environment, project, name)}; ${suggestion(name, names)}`);
    }
  }
}

function dependencyProblem(environment: Environment, project: Project, name: string): string {
  const workload = project.workloads.find((each) => each.name === name);
  if (workload?.kind === 'job')
    return `"${name}" can't be waited for, since it has no check (a command that exits 0 once its work is done)`;
  if (workload) return `"${name}" can't be waited for, since a ${workload.kind} answers nobody`;
  if (environment.services.some((service) => service.name === name)) return `"${name}" is not under uses`;
  return `nothing is named "${name}"`;
}

/** Names each cycle of `after` once, at its first member. */
function checkCycles(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
  const edges = new Map<string, readonly string[]>();
  const place = new Map<string, { project: Project; workload: string }>();
  for (const project of environment.projects) {
    for (const { name, settings } of project.workloads) {
      const node = `${project.name}/${name}`;
      place.set(node, { project, workload: name });
      edges.set(
        node,
        settings.after.map((target) => (target.includes('/') ? target : `${project.name}/${target}`)),
      );
    }
  }
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]) => {
    const start = trail.indexOf(node);
    if (start >= 0) {
      const cycle = trail.slice(start);
      const { project, workload } = place.get(cycle[0] ?? '') ?? {};
      if (project && workload !== undefined)
        refuse.get(project)?.(
          ['workloads', workload, 'after'],
          `workloads.${workload}.after: a cycle, in which none could start: ${[...cycle, node].join(' → ')}`,
        );
      return;
    }
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
}
