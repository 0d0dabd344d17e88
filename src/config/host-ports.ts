import type { ServiceKind, WorkloadKind } from '../../charts/common/kind.ts';
import { globalKinds, globalPath, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { portOffsetVariable } from './port-offset.ts';
import { pathText, type Refuse } from './problem.ts';

type PortKind = Pick<ServiceKind, 'ports' | 'schema'> | Pick<WorkloadKind, 'ports' | 'schema'>;

interface PortClaim {
  readonly what: string;
  readonly path: readonly PropertyKey[];
  readonly port: number;
  /** Whether it is the port that the kind has without being told. */
  readonly preset: boolean;
  readonly refuse: Refuse;
}

/** Refuses ports of the developer's machine that two services or workloads want. */
export function checkHostPorts(environment: Environment, refuseGlobal: Refuse, refuse: ReadonlyMap<Project, Refuse>) {
  const claims: PortClaim[] = [];
  const claim = (
    what: string,
    path: readonly PropertyKey[],
    kind: PortKind | undefined,
    settings: unknown,
    to: Refuse,
  ) => {
    for (const { name, hostPort } of kind?.ports(settings) ?? []) {
      if (hostPort === undefined) continue;
      const { ports = {} } = settings as { readonly ports?: object };
      const field = `${name}HostPort` in (settings as object) ? `${name}HostPort` : 'hostPort';
      const preset = kind?.schema.shape[field]?.safeParse(undefined).data === hostPort;
      const where = name in ports ? ['ports', name, 'hostPort'] : [field];
      claims.push({ what, path: [...path, ...where], port: hostPort, preset, refuse: to });
    }
  };
  for (const { name, kind, settings } of environment.services) {
    const definition = globalKinds[name] ?? serviceKinds[kind];
    claim(`${environment.name}/${name}`, globalPath(name), definition, settings, refuseGlobal);
  }
  for (const [project, refuseHere] of refuse) {
    for (const { name, kind, settings } of project.services)
      claim(`${project.name}/${name}`, ['services', name], serviceKinds[kind], settings, refuseHere);
    for (const { name, kind, settings } of project.workloads)
      claim(`${project.name}/${name}`, ['workloads', name], workloadKinds[kind], settings, refuseHere);
  }
  const { portOffset } = environment.profiles.local;
  for (const { path, port, refuse } of claims)
    if (port + portOffset > 65_535)
      refuse(path, `${pathText(path)}: ${port} and ${portOffsetVariable} of ${portOffset} are more than 65535`);
  const taken = new Set(claims.map(({ port }) => port));
  const owners = new Map<number, PortClaim>();
  // Those that nobody chose come first, so that what is refused is what somebody wrote.
  for (const each of [...claims.filter(({ preset }) => preset), ...claims.filter(({ preset }) => !preset)]) {
    const { path, port, refuse } = each;
    const owner = owners.get(port);
    if (!owner) owners.set(port, each);
    else {
      let free = port + 1;
      while (taken.has(free)) free++;
      taken.add(free);
      refuse(path, `${pathText(path)}: port ${port} is taken by ${owner.what}; the next free one is ${free}`);
    }
  }
}
