import type { Workload } from '../../charts/common/kind.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { suggestion } from '../platform/nearest.ts';
import { pathText, type Refuse } from './problem.ts';

const portsOf = ({ kind, settings }: Workload) => workloadKinds[kind]?.ports(settings) ?? [];

/** Whether others can reach a port of a workload. */
export const hasPort = (workload: Workload): boolean => portsOf(workload).length > 0;

/** Whether another pod can tell that a workload is ready: a UDP server need not answer. */
const isAnswering = (workload: Workload): boolean => portsOf(workload).some(({ protocol }) => protocol !== 'udp');

/**
 * Why a link is no `PROJECT/WORKLOAD`, or nothing.
 *
 * @param suits whether a workload can be linked so
 */
export function linkProblem(
  environment: Environment,
  complete: boolean,
  link: string,
  suits: (workload: Workload) => boolean,
): string | undefined {
  const [owner = '', name = '', ...more] = link.split('/');
  if (owner === '' || name === '' || more.length > 0) return `must be PROJECT/WORKLOAD, given "${link}"`;
  const project = environment.projects.find((each) => each.name === owner);
  if (!project) {
    const names = environment.projects.map((each) => each.name);
    return complete ? `no project "${owner}"; ${suggestion(owner, names)}` : undefined;
  }
  const suitable = project.workloads.filter(suits);
  if (suitable.some((workload) => workload.name === name)) return undefined;
  const there = project.workloads.some((workload) => workload.name === name);
  const why = there ? `${owner}/${name} has no port that others could reach` : `${owner} has no workload "${name}"`;
  return `${why}; ${suggestion(
    name,
    suitable.map((each) => each.name),
  )}`;
}

/** What a workload of the project can be `after`. */
function awaitable(environment: Environment, project: Project): string[] {
  const used = environment.services.filter(
    ({ name, kind }) => Object.hasOwn(project.uses, name) && serviceKinds[kind]?.connect,
  );
  const services = project.services.filter(({ kind }) => serviceKinds[kind]?.connect);
  const workloads = project.workloads.filter((workload) => workloadKinds[workload.kind]?.check?.(workload, ''));
  return [...used, ...services, ...workloads].map(({ name }) => name);
}

/** What is wrong with what the workloads of a project are `after`. */
export function checkDependencies(environment: Environment, complete: boolean, project: Project, refuse: Refuse) {
  const names = awaitable(environment, project);
  for (const { name: workload, settings } of project.workloads) {
    for (const [index, name] of settings.after.entries()) {
      const path = ['workloads', workload, 'after', index];
      const field = `workloads.${workload}.after[${index}]`;
      if (settings.after.indexOf(name) < index) refuse(path, `${field}: "${name}" is named twice`);
      if (name.includes('/')) {
        const problem = linkProblem(environment, complete, name, isAnswering);
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

/** Names each cycle of `after` once, where its first member names the second. */
export function checkCycles(environment: Environment, refuse: ReadonlyMap<Project, Refuse>) {
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
      const { project, workload } = place.get(node) ?? {};
      const index = edges.get(node)?.indexOf(cycle[1] ?? node);
      if (project && workload !== undefined && index !== undefined) {
        const path = ['workloads', workload, 'after', index];
        const names = [...cycle, node].join(' → ');
        refuse.get(project)?.(path, `${pathText(path)}: a cycle, in which none could start: ${names}`);
      }
      return;
    }
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
}
