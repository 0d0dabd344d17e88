import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import type { ConnectionVariable, Variable } from '../../../charts/common/connection.ts';
import type { Environment, Profile, Project } from '../../../charts/model.ts';
import { connections, isManaged, variables } from '../../../charts/wiring.ts';
import { readInside } from '../../config/configured-path.ts';
import { findRoot } from '../../config/root.ts';
import { findProject } from '../../config/select-projects.ts';
import { endpoints } from '../endpoints.ts';
import { loadLastGood } from '../last-good.ts';
import { planNamespace, planSecrets } from '../plan-namespace.ts';
import { fromHost, type ResolvedVariable, resolveVariables, secretValues } from './resolve.ts';

/** Where the program runs that needs the variables, or what it connects to. */
export const places = ['host', 'cluster', 'external'] as const;
export type Place = (typeof places)[number];

/**
 * The environment variables that a project's workloads get, with the values of its `.env`.
 *
 * @throws UsageError if there is no such project
 */
export function projectVariables(name: string, place: Place): ResolvedVariable[] {
  const root = findRoot(process.cwd());
  // The configuration has to be right for the local profile; what is managed may lack an address still.
  const { environment } = loadLastGood(root, { profile: 'local', environmentFilesOf: [] });
  const project = findProject(environment, name);
  const profile = environment.profiles[place === 'external' ? 'external' : 'local'];
  const files = environmentFiles(root, environment, profile, project);
  const connected = connections(environment, profile, project);
  const chosen = place === 'external' ? managedOnly(environment, profile, project, connected) : connected;
  // Variables of a single workload are not among them: a project may have several.
  const shared = { name: '', kind: '', object: project.name, settings: { env: {} } } as never;
  const all =
    place === 'external'
      ? [...chosen.values()].flatMap((connection) => connection.variables)
      : variables(environment, project, chosen, shared).filter(isKnownOutside);
  const resolved = resolveVariables(all, secretValues(planSecrets(environment, profile, project), files));
  if (place !== 'host') return resolved;
  const namespaces = [undefined, ...environment.projects];
  return fromHost(
    resolved,
    namespaces.flatMap((each) => endpoints(planNamespace(environment, profile, each))),
  );
}

/** What a pod alone can tell, such as its own name, has no value here. */
const isKnownOutside = (variable: Variable): variable is ConnectionVariable => !('source' in variable);

function managedOnly(
  environment: Environment,
  profile: Profile,
  project: Project,
  connected: ReturnType<typeof connections>,
): ReturnType<typeof connections> {
  const services = [...environment.services, ...project.services];
  return new Map(
    [...connected].filter(([name]) => services.some((service) => service.name === name && isManaged(profile, service))),
  );
}

function environmentFiles(root: string, environment: Environment, profile: Profile, project: Project) {
  const paths = planSecrets(environment, profile, project).flatMap(({ keys }) => keys.map(({ file }) => file));
  return new Map(
    [...new Set(paths)]
      .filter((path) => existsSync(join(root, path)))
      .map((path) => [path, parse(readInside(root, path))]),
  );
}
