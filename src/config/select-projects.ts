import type { Environment, Project } from '../../charts/model.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';

/** What a project is called by. */
interface Named {
  /** Short name, or that of its namespace. */
  readonly name: string;
  /** Short name, where `name` is that of the namespace. */
  readonly project?: string;
  readonly namespace?: string;
  readonly directory: string;
}

/** The forms in which a project may be named: short name, folder's name, folder, or namespace. */
const namesOf = ({ name, project = name, namespace = name, directory }: Named): string[] => [
  project,
  directory.split('/').at(-1) ?? '',
  directory,
  name,
  namespace,
];

/** Whether a project is meant by a name. */
export const isNamed = (project: Named, given: string): boolean => namesOf(project).includes(given);

/**
 * The one of some projects that is meant by a name.
 *
 * @throws UsageError if there is none
 */
export function findNamed<Type extends Named>(projects: readonly Type[], given: string): Type {
  const wanted = given.replace(/\/+$/, '');
  const found = projects.find((project) => isNamed(project, wanted));
  if (found) return found;
  const names = projects.map(({ name, project = name }) => project);
  throw new UsageError(`no project "${given}"; ${suggestion(wanted, names)}`);
}

/**
 * The project that is meant by a name.
 *
 * @throws UsageError if there is none
 */
export const findProject = (environment: Environment, given: string): Project => findNamed(environment.projects, given);

/** The projects that are named and all that they depend on, in the order of the environment. */
export function withDependencies(environment: Environment, names: readonly string[]): Project[] {
  const wanted = new Set<Project>();
  const add = (project: Project) => {
    if (wanted.has(project)) return;
    wanted.add(project);
    for (const name of dependencies(project)) add(findProject(environment, name));
  };
  for (const name of names) add(findProject(environment, name));
  return environment.projects.filter((project) => wanted.has(project));
}

/** The other projects that a project's workloads use or wait for. */
export function dependencies(project: Project): string[] {
  const awaited = project.workloads.flatMap(({ settings }) => settings.after.filter((target) => target.includes('/')));
  return [
    ...new Set([...project.links.map((link) => link.project), ...awaited.map((target) => target.split('/')[0] ?? '')]),
  ];
}
