import type { PodSettings } from '../../charts/common/pod-fields.ts';
import { managedAddresses } from '../../charts/flows.ts';
import { globalPath, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { isManaged } from '../../charts/wiring.ts';
import { suggestion } from '../platform/nearest.ts';
import { pathText, type Refuse } from './problem.ts';

/**
 * Refuses what pods can't connect to.
 *
 * @param complete whether every project could be read: if not, one that isn't there may be one of the others
 */
export function checkEgress(environment: Environment, complete: boolean, project: Project, refuse: Refuse): void {
  const entries = [
    ...project.services.map((each) => ({ ...each, field: 'services' })),
    ...project.workloads.map((each) => ({ ...each, field: 'workloads' })),
  ];
  for (const { field, name, settings } of entries)
    for (const [index, { to }] of ((settings as PodSettings).egress ?? []).entries()) {
      const path = [field, name, 'egress', index, 'to'];
      const problem = to === undefined ? undefined : targetProblem(environment, complete, project, to);
      if (problem !== undefined) refuse(path, `${pathText(path)}: ${problem}`);
    }
}

/** Refuses targets of services of the global tier, which know no project. */
export function checkGlobalEgress({ services }: Environment, refuse: Refuse): void {
  for (const { name, settings } of services)
    for (const [index, { to }] of ((settings as PodSettings).egress ?? []).entries()) {
      const path = [...globalPath(name), 'egress', index, 'to'];
      if (to !== undefined) refuse(path, `${pathText(path)}: is for projects; the global tier reaches addresses only`);
    }
}

/** Why nobody can connect to a service or workload of that name, or nothing. */
function targetProblem(environment: Environment, complete: boolean, own: Project, to: string): string | undefined {
  const [owner, name] = to.includes('/') ? (to.split('/') as [string, string]) : [own.name, to];
  const project = environment.projects.find((each) => each.name === owner);
  if (!project) {
    const names = environment.projects.map((each) => each.name);
    return complete ? `no project "${owner}"; ${suggestion(owner, names)}` : undefined;
  }
  const targets = [
    ...project.services.map(({ name, kind, settings }) => ({ name, ports: serviceKinds[kind]?.ports(settings) ?? [] })),
    ...project.workloads.map(({ name, kind, settings }) => ({
      name,
      ports: workloadKinds[kind]?.ports(settings) ?? [],
    })),
  ];
  const found = targets.find((each) => each.name === name);
  if (found && found.ports.length > 0) return undefined;
  const names = targets.filter(({ ports }) => ports.length > 0).map((each) => each.name);
  const reason = found ? `"${name}" of ${owner} has no port` : `${owner} has no service or workload "${name}"`;
  return `${reason}; ${suggestion(name, names)}`;
}

/** Refuses addresses of what is not managed. */
export function checkManagedAddresses(
  { profiles, services, projects }: Environment,
  complete: boolean,
  refuse: Refuse,
) {
  const all = [...services, ...projects.flatMap((project) => project.services)];
  for (const profile of Object.values(profiles)) {
    const [, extended = ''] = profile.chain;
    const { managed } = profile.network;
    // What it takes over is refused where it stands.
    if (profiles[extended]?.network.managed === managed) continue;
    const there = all.filter((service) => isManaged(profile, service) && serviceKinds[service.kind]?.connect);
    const names = new Set(there.flatMap(({ kind, scope, name }) => [kind, `${scope}/${name}`]));
    for (const name of Object.keys(managed)) {
      const path = ['profiles', profile.name, 'network', 'managed', name];
      if (!names.has(name) && complete)
        refuse(path, `${pathText(path)}: no managed service "${name}"; ${suggestion(name, [...names])}`, 'key');
    }
  }
}

/** The managed services to which connections are open whatever their address, as lines. */
export function openAddressLines(environment: Environment, profile: Profile): string[] {
  if (!profile.network.policies) return [];
  const { services, projects } = environment;
  const used = services.filter(({ name }) => projects.some(({ uses }) => Object.hasOwn(uses, name)));
  return [...used, ...projects.flatMap((project) => project.services)]
    .filter((service) => isManaged(profile, service) && serviceKinds[service.kind]?.connect)
    .filter((service) => managedAddresses(profile, service).some(({ cidrs }) => cidrs === undefined))
    .map(
      ({ scope, name, kind }) =>
        `open: ${scope}/${name} is managed and may be at any address; to say where, give network.managed.${kind} in the profile ` +
        `${profile.name}`,
    );
}

/** Refuses two workloads under one address. */
export function checkExposed({ projects }: Environment, refuse: ReadonlyMap<Project, Refuse>): void {
  const owners = new Map<string, string>();
  for (const project of projects)
    for (const { name, kind, settings } of project.workloads) {
      const { given } = workloadKinds[kind]?.exposure?.(settings) ?? {};
      if (!given) continue;
      const address = `${given.host}${given.path}`;
      const other = owners.get(address);
      const path = ['workloads', name, 'expose', 'host'];
      if (other) refuse.get(project)?.(path, `${pathText(path)}: ${address} leads to ${other} already; choose another`);
      else owners.set(address, `${project.name}/${name}`);
    }
}
