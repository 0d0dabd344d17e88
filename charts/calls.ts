import type { Service, Workload } from './common/kind.ts';
import type { ReachedPort } from './common/network.ts';
import type { PodSettings } from './common/pod-fields.ts';
import type { Environment, Project } from './model.ts';

/** A call of a project's service or workload. */
export interface Call {
  readonly project: Project;
  /** Which of its services or workloads calls; none for all of its workloads. */
  readonly from?: Service | Workload;
  /** `PROJECT/NAME`. */
  readonly to: string;
  /** Where it arrives. @default the first port */
  readonly ports?: readonly ReachedPort[] | 'all';
}

/** The settings of a service or workload about the connections that it makes. */
export const settingsOf = ({ settings }: Service | Workload) =>
  settings as Pick<PodSettings, 'egress' | 'serviceAccount'> & { readonly after?: readonly string[] };

/** What a project's services and workloads call beside the services that they are connected with. */
export function callsOf(project: Project): Call[] {
  const qualified = (name: string) => (name.includes('/') ? name : `${project.name}/${name}`);
  const isService = (name: string) => !name.includes('/') && !project.workloads.some((each) => each.name === name);
  const calls: Call[] = project.links.map(({ project: owner, workload }) => ({
    project,
    to: `${owner}/${workload}`,
    // Its variables name them all.
    ports: 'all',
  }));
  for (const from of [...project.services, ...project.workloads]) {
    const { after = [], egress = [] } = settingsOf(from);
    for (const name of after) if (!isService(name)) calls.push({ project, from, to: qualified(name) });
    for (const { to, ports = 'all' } of egress) if (to) calls.push({ project, from, to: qualified(to), ports });
  }
  return calls;
}

const indexes = new WeakMap<Environment, ReadonlyMap<string, readonly Call[]>>();

/** The callers of each service and workload, by `PROJECT/NAME`; collected once, because each project looks them up. */
export function callsByTarget(environment: Environment): ReadonlyMap<string, readonly Call[]> {
  const known = indexes.get(environment);
  if (known) return known;
  const index = new Map<string, Call[]>();
  for (const call of environment.projects.flatMap(callsOf)) index.set(call.to, [...(index.get(call.to) ?? []), call]);
  indexes.set(environment, index);
  return index;
}

/** The callers from other projects of a project's services and workloads; with NetworkPolicies its manifests depend on them. */
export function callsFromOthers(environment: Environment, project: Project): Call[] {
  const names = [...project.services, ...project.workloads].map(({ name }) => `${project.name}/${name}`);
  const index = callsByTarget(environment);
  return names.flatMap((name) => (index.get(name) ?? []).filter((call) => call.project !== project));
}
