import { type Call, callsByTarget, callsOf } from './calls.ts';
import { type Flow, podsOfPeer, reached, rolesPeer } from './common/flow.ts';
import type { Service, ServicePort, Workload } from './common/kind.ts';
import { labelled } from './common/labelled.ts';
import type { ReachedPort } from './common/network.ts';
import { serviceKinds, workloadKinds, workloadRoles } from './kinds.ts';
import type { Environment, Profile, Project } from './model.ts';
import { servicesInCluster } from './wiring.ts';

/** A service or a workload that is called. */
interface Target {
  readonly peer: Flow['peers'][number];
  readonly ports: readonly ReachedPort[];
}

function findTarget(environment: Environment, profile: Profile, to: string): Target | undefined {
  const [owner, name] = to.split('/');
  const project = environment.projects.find((each) => each.name === owner);
  const workload = project?.workloads.find((each) => each.name === name);
  const service = servicesInCluster(profile, project?.services ?? []).find((each) => each.name === name);
  const found = workload ?? service;
  const kind = workload ? workloadKinds[workload.kind] : serviceKinds[service?.kind ?? ''];
  if (!found || !kind) return undefined;
  return {
    peer: podsOfPeer(labelled(found, kind.component), found.namespace),
    ports: kind.ports(found.settings).map(reached),
  };
}

const portsOf = ({ ports }: Call, all: readonly ReachedPort[]): readonly ReachedPort[] =>
  ports === 'all' ? all : (ports ?? all.filter(({ protocol }) => protocol === 'TCP').slice(0, 1));

/** What calls as one of the target's ends sees it. */
const caller = ({ project, from }: Call) =>
  from ? podsOfPeer(labelled(from, ''), from.namespace) : rolesPeer([project.namespace], workloadRoles);

/** Connections to the services and workloads that a service or workload calls. */
export function callsTo(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  each: Service | Workload,
): Flow[] {
  const isWorkload = project?.workloads.some((workload) => workload === each) ?? false;
  const calls = project ? callsOf(project).filter(({ from }) => (from ? from === each : isWorkload)) : [];
  return calls.flatMap((call): Flow[] => {
    const target = findTarget(environment, profile, call.to);
    return target ? [{ peers: [target.peer], ports: portsOf(call, target.ports) }] : [];
  });
}

/** Connections from the callers of a service or workload. */
export function calledBy(
  environment: Environment,
  project: Project | undefined,
  { name }: Service | Workload,
  ports: readonly ServicePort[],
): Flow[] {
  const calls = project ? (callsByTarget(environment).get(`${project.name}/${name}`) ?? []) : [];
  return calls.map((call) => ({ peers: [caller(call)], ports: portsOf(call, ports.map(reached)) }));
}
