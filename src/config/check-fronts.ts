import { globalPath, serviceKinds } from '../../charts/kinds.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { behind } from '../../charts/wiring.ts';
import { suggestion } from '../platform/nearest.ts';
import { pathText, type Refuse } from './problem.ts';

/** Refuses services that stand in front of nothing, or of what another one stands in front of already. */
export function checkFronts({ services }: Project, refuse: Refuse): void {
  const taken = new Map<string, string>();
  for (const service of services) {
    const { frontOf } = serviceKinds[service.kind] ?? {};
    if (!frontOf) continue;
    const path = ['services', service.name, 'server'];
    const server = behind(services, service);
    if (!server) {
      const name = frontOf.name(service.settings);
      const names = services.filter(({ kind }) => kind === frontOf.kind).map((each) => each.name);
      const message = `no service "${name}" of the kind ${frontOf.kind} in the project; ${suggestion(name, names)}`;
      refuse(path, `${pathText(path)}: ${message}`);
      continue;
    }
    const problem = frontOf.problem?.(server.settings);
    if (problem !== undefined) refuse(path.slice(0, 2), `services.${service.name}: ${problem}`, 'key');
    const other = taken.get(server.name);
    if (other)
      refuse(path.slice(0, 2), `services.${service.name}: ${other} stands in front of ${server.name} already`, 'key');
    else taken.set(server.name, service.name);
  }
}

/** Refuses services of the global tier that stand in front of another: projects have variables of the other. */
export function checkGlobalFronts({ services }: Environment, refuse: Refuse): void {
  for (const { name, kind } of services) {
    const path = globalPath(name);
    if (serviceKinds[kind]?.frontOf)
      refuse(path, `${pathText(path)}: ${kind} can't be shared; put it under services of the project`, 'key');
  }
}
