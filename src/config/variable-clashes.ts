import type { Environment, Project } from '../../charts/model.ts';
import { sentryDsn, sentryNames } from '../../charts/sentry.ts';
import { connections, ownSecret, variables } from '../../charts/wiring.ts';
import { once } from '../platform/once.ts';
import { pathText, type Refuse } from './problem.ts';

/**
 * Refuses variables under `env` that a container gets from elsewhere already: from a service, from a workload of another
 * project, or from the project's `.env`. It would depend on their order which one counts.
 */
export function checkVariables(environment: Environment, project: Project, refuse: Refuse): void {
  const listed = new Map(ownSecret(project).keys.map(({ variable }) => [variable, 'its .env.example lists']));
  const sentry = project.sentry ? sentryNames.map((name) => [name, '`sentry: true` gives'] as const) : [];
  // Only for those that say something under `env`: connections take long to work out.
  const given = once(
    () => new Map([...listed, ...sentry, ...fromLinks(environment, project), ...fromServices(environment, project)]),
  );
  if (project.sentry && !listed.has(sentryDsn))
    refuse(
      ['sentry'],
      `sentry: needs ${sentryDsn}; add the line ${sentryDsn}= to ${project.directory}/infra/.env.example`,
    );
  const check = (path: readonly string[], env: object | undefined, elsewhere: () => ReadonlyMap<string, string>) => {
    for (const name of Object.keys(env ?? {})) {
      const giver = elsewhere().get(name);
      const message = `${pathText([...path, name])}: ${giver} this variable already; choose another name, or leave it out`;
      if (giver) refuse([...path, name], message, 'key');
    }
  };
  check(['env'], project.env, given);
  for (const { name, settings } of project.workloads) check(['workloads', name, 'env'], settings.env, given);
  for (const { name, settings } of project.services)
    check(['services', name, 'env'], (settings as { env?: object }).env, () => listed);
}

/** What the services give, by the variable's name. A managed service gives no more than one in the cluster. */
function fromServices(environment: Environment, project: Project): [string, string][] {
  const connected = [...connections(environment, environment.profiles.local, project)];
  return connected.flatMap(([service, connection]) =>
    connection.variables.map(({ name }): [string, string] => [name, `the service ${service} gives`]),
  );
}

/** What `uses.projects` gives, by the variable's name. */
function fromLinks(environment: Environment, project: Project): [string, string][] {
  const [workload] = project.workloads;
  if (!workload) return [];
  const bare = { ...workload, settings: { ...workload.settings, env: {} } };
  return project.links.flatMap((link) => {
    const owner = environment.projects.find(({ name }) => name === link.project);
    if (!owner?.workloads.some(({ name }) => name === link.workload)) return [];
    const only = { ...project, links: [link], secrets: [], env: {} };
    return variables(environment, only, new Map(), bare).map(({ name }): [string, string] => [
      name,
      `the workload ${link.project}/${link.workload} under uses gives`,
    ]);
  });
}
