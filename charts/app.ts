import { ApiObject, App, type Chart } from 'cdk8s';
import { type Addition, conform, type Nonconformity } from './common/conform.ts';
import { type Labelled, namespaceLabels, type OwnerLabels, ownerLabels } from './common/labels.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import { HashedJob } from './constructs/hashed-job.ts';
import type { ExtensionContext, ProjectExtension } from './extension.ts';
import { GlobalChart } from './global-chart.ts';
import type { Environment, Profile, Project } from './model.ts';
import { ProjectChart } from './project-chart.ts';
import { connections } from './wiring.ts';

/** The objects of a namespace, the namespace first. */
export interface NamespaceObjects {
  readonly namespace: string;
  readonly objects: readonly ManifestObject[];
  readonly jobs: readonly NamedJob[];
  /** What a project's own chart or manifests say that can't be in the namespace. */
  readonly nonconformities: readonly Nonconformity[];
}

/** A job whose name is only known once it is made. */
export interface NamedJob {
  /** The name with the hash. */
  readonly name: string;
  readonly labelled: Labelled;
}

/** The objects of the global tier. */
export function globalObjects(environment: Environment, profile: Profile): NamespaceObjects {
  const owner: OwnerLabels = { environment: environment.name, tier: 'global' };
  const chart = new GlobalChart(new App(), environment, profile);
  const objects = [namespaceObject(environment.name, owner), ...(chart.toJson() as ManifestObject[])];
  return { namespace: environment.name, objects, jobs: jobsOf(chart), nonconformities: [] };
}

/**
 * The objects of a project: what its services and workloads become, with what its own chart says, then its manifests.
 *
 * Each project has an App of its own, since the time an App takes grows faster than the number of its charts.
 *
 * @param extension the default export of its `infra/chart.ts`
 */
export function projectObjects(
  environment: Environment,
  profile: Profile,
  project: Project,
  extension?: ProjectExtension,
): NamespaceObjects {
  const owner: OwnerLabels = { environment: environment.name, tier: 'project', project: project.name };
  const chart = new ProjectChart(new App(), environment, profile, project);
  const context = { project, profile, connections: Object.fromEntries(connections(environment, profile, project)) };
  const extended = extension && extend(chart, context, extension);
  const own = extended ? [] : (chart.toJson() as ManifestObject[]);
  const manifests = project.manifests.map(({ path, objects }) => ({ origin: path, objects }));
  const added = extended ? [extended.made, ...manifests] : manifests;
  const { objects, nonconformities } = conform(project.name, ownerLabels(owner), own, added);
  return {
    namespace: project.name,
    objects: [namespaceObject(project.name, owner), ...own, ...objects],
    jobs: extended && extended.refused.length > 0 ? [] : jobsOf(chart),
    nonconformities: [...(extended?.refused ?? []), ...nonconformities],
  };
}

/** Has a project's own chart say its part. All that the chart holds is then of its making: any of it may be patched. */
function extend(
  chart: ProjectChart,
  context: ExtensionContext,
  extension: ProjectExtension,
): { made: Addition; refused: Nonconformity[] } {
  const origin = context.project.chart ?? '';
  const refused: Nonconformity[] = [];
  const refuse = (object: string, message: string) => refused.push({ origin, object, message });
  const generated = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  const expected = generated.map(({ kind, name }) => `${kind}/${name}`);
  let objects: ManifestObject[] = [];
  try {
    const returned: unknown = extension(chart, context);
    if (returned instanceof Promise) {
      returned.catch(() => undefined);
      refuse('its function', 'returned a promise; it has to add its objects before it returns');
    }
    for (const construct of chart.node.findAll())
      for (const message of construct.node.validate()) refuse(construct.node.path, message);
    if (refused.length === 0) objects = chart.toJson() as ManifestObject[];
    const made = new Set(objects.map(unhashedIdentity));
    // Tilt and the health report know these by their names.
    for (const identity of refused.length === 0 ? expected.filter((each) => !made.has(each)) : [])
      refuse(identity, 'is gone, or has another name: patch it, or take it out of infra/project.yaml');
  } catch (error) {
    refuse('its function', `failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { made: { origin, objects }, refused };
}

/** `Kind/name`, of a job without the hash. */
function unhashedIdentity({ kind, metadata }: ManifestObject): string {
  const name = metadata?.name ?? '';
  return `${kind}/${kind === 'Job' ? name.replace(/-[0-9a-f]{8}$/, '') : name}`;
}

/** The jobs that are named after what they run. Only once all patches are added: they change the name. */
const jobsOf = (chart: Chart): NamedJob[] =>
  chart.node
    .findAll()
    .flatMap((construct) =>
      construct instanceof HashedJob ? [{ name: construct.jobName, labelled: construct.labelled }] : [],
    );

function namespaceObject(name: string, owner: OwnerLabels): ManifestObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: namespaceLabels(owner) } };
}
