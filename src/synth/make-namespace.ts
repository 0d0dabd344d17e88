import type { Environment, Profile, Project } from '../../charts/model.ts';
import { loadExtension } from './load-extension.ts';
import { manifestText } from './manifest-text.ts';
import { type PlannedNamespace, planNamespace } from './plan.ts';

/** What a namespace becomes. */
export interface MadeNamespace {
  readonly name: string;
  /** Its manifests. */
  readonly text: string;
  readonly plan: PlannedNamespace;
  /** What a project's own chart or manifests say that can't be in the namespace, a line each. */
  readonly refused: readonly string[];
}

/** Makes the manifests of the global tier, or of a project. */
export async function makeNamespace(
  root: string,
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
): Promise<MadeNamespace> {
  // Only here, since cdk8s takes a tenth of a second to load and an unchanged environment needs none of it.
  const { globalObjects, projectObjects } = await import('../../charts/app.ts');
  const extension = project?.chart === undefined ? undefined : await loadExtension(root, project.chart);
  const made = project ? projectObjects(environment, profile, project, extension) : globalObjects(environment, profile);
  return {
    name: made.namespace,
    text: manifestText(made.objects),
    plan: planNamespace(environment, profile, project, made),
    refused: made.nonconformities.map(
      ({ origin, position: { line, column } = { line: 1, column: 1 }, object, message }) =>
        `${origin}:${line}:${column}: ${object}: ${message}`,
    ),
  };
}
