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
  /** None of what the configuration does not have. */
  readonly directory?: string;
}

/** The names that are a project's own: short name, namespace, and folder. */
const ownNames = ({ name, project = name, namespace = name, directory = project }: Named): string[] => [
  project,
  name,
  namespace,
  directory,
];

/** The last part of a project's folder, which may be another one's name. */
const folderName = ({ directory }: Named): string | undefined => directory?.split('/').at(-1);

const withoutSlash = (given: string): string => given.replace(/\/+$/, '');

/** The project that has a name as its own; the short name of one counts before the namespace of another. */
export function findOwn<Type extends Named>(projects: readonly Type[], given: string): Type | undefined {
  const wanted = withoutSlash(given);
  const called = projects.find(({ name, project = name }) => project === wanted);
  return called ?? projects.find((project) => ownNames(project).includes(wanted));
}

/** Whether a project is meant by a name, if no other one is called so. */
export const isNamed = (project: Named, given: string): boolean =>
  [...ownNames(project), folderName(project)].includes(withoutSlash(given));

/**
 * The one of some projects that is meant by a name: the last part of a folder only counts where none is called so.
 *
 * @throws UsageError if there is none, or several are in folders of that name
 */
export function findNamed<Type extends Named>(projects: readonly Type[], given: string): Type {
  const wanted = withoutSlash(given);
  const own = findOwn(projects, wanted);
  if (own) return own;
  const [found, ...others] = projects.filter((project) => folderName(project) === wanted);
  const shortName = ({ name, project = name }: Named) => project;
  if (others.length > 0)
    throw new UsageError(
      `"${given}" is the folder of several projects; expected one of ${[found, ...others].map((each) => shortName(each as Type)).join(', ')}`,
    );
  if (found) return found;
  throw new UsageError(`no project "${given}"; ${suggestion(wanted, projects.map(shortName))}`);
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
