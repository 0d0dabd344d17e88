import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { findNamed, findOwn } from '../config/select-projects.ts';
import type { Plan, PlannedNamespace } from './plan.ts';
import { projects } from './plan-queries.ts';

/**
 * A namespace of the environment that the configuration does not have: of a project that was renamed or deleted, or that is
 * on another branch. Its labels say whose it is.
 */
export interface LeftBehind {
  /** Its namespace. */
  readonly name: string;
  /** Short name of the project. */
  readonly project: string;
  readonly tier: 'project';
  readonly labels: Readonly<Record<string, string>>;
}

interface Namespace extends ManifestObject {
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
}

/**
 * The projects of an environment in the cluster that the configuration does not have, in the order of their names.
 *
 * @param environment namespace of the global tier
 * @param known namespaces that the configuration has
 */
export async function leftBehind(
  cluster: Cluster,
  environment: string,
  known: readonly string[],
): Promise<LeftBehind[]> {
  const labels = { [labelKeys.partOf]: environment, [labelKeys.tier]: 'project' };
  const found = await cluster.list<Namespace>('Namespace', { labels });
  return found
    .filter(({ metadata }) => !known.includes(metadata.name))
    .map(({ metadata: { name, labels = {} } }): LeftBehind => {
      return { name, project: labels[labelKeys.project] ?? name, tier: 'project', labels };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The project that is meant by a name: one of the configuration, or one that it no longer has.
 *
 * @throws UsageError if there is neither
 */
export async function projectCalled(
  cluster: Cluster,
  plan: Plan,
  given: string,
): Promise<PlannedNamespace | LeftBehind> {
  const own = findOwn(projects(plan), given);
  if (own) return own;
  const left = await leftBehind(
    cluster,
    plan.environment,
    plan.namespaces.map(({ name }) => name),
  );
  // A folder keeps its name when the project in it gets another one.
  return findNamed<PlannedNamespace | LeftBehind>([...projects(plan), ...left], given);
}

/** Whether the configuration has a project. */
export const isPlanned = (project: PlannedNamespace | LeftBehind): project is PlannedNamespace => 'manifest' in project;
