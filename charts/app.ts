import { ApiObject, App, Chart } from 'cdk8s';
import { conform, type Nonconformity } from './common/conform.ts';
import { namespaceLabels, type OwnerLabels, ownerLabels } from './common/labels.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import type { ProjectExtension } from './extension.ts';
import { GlobalChart } from './global-chart.ts';
import type { Environment, Profile, Project } from './model.ts';
import { ProjectChart } from './project-chart.ts';
import { connections } from './wiring.ts';

/** The objects of a namespace, the namespace first. */
export interface NamespaceObjects {
  readonly namespace: string;
  readonly objects: readonly ManifestObject[];
  /** What a project's own chart or manifests say that can't be in the namespace. */
  readonly nonconformities: readonly Nonconformity[];
}

/** The objects of the global tier. */
export function globalObjects(environment: Environment, profile: Profile): NamespaceObjects {
  const owner: OwnerLabels = { environment: environment.name, tier: 'global' };
  const chart = new GlobalChart(new App(), environment, profile);
  const objects = [namespaceObject(environment.name, owner), ...objectsOf(chart)];
  return { namespace: environment.name, objects, nonconformities: [] };
}

/**
 * The objects of a project: what its services and workloads become, then what its own chart and manifests add.
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
  const own = objectsOf(new ProjectChart(new App(), environment, profile, project));
  const added = project.manifests.map(({ path, objects }) => ({ origin: path, objects }));
  const failures: Nonconformity[] = [];
  if (extension) {
    const chart = new Chart(new App(), 'extension', { namespace: project.name, labels: ownerLabels(owner) });
    const origin = project.chart ?? '';
    const refuse = (message: string) => failures.push({ origin, object: 'its function', message });
    try {
      const returned: unknown = extension(chart, {
        project,
        profile,
        connections: Object.fromEntries(connections(environment, profile, project)),
      });
      if (returned instanceof Promise) {
        returned.catch(() => undefined);
        refuse('returned a promise; it has to add its objects before it returns');
      }
      added.push({ origin, objects: chart.toJson() as ManifestObject[] });
    } catch (error) {
      refuse(`failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const { objects, nonconformities } = conform(project.name, ownerLabels(owner), own, added);
  return {
    namespace: project.name,
    objects: [namespaceObject(project.name, owner), ...own, ...objects],
    nonconformities: [...failures, ...nonconformities],
  };
}

/**
 * The objects of a chart of our own, as `chart.toJson()` gives them, but without the ordering by dependencies between
 * constructs and the validation of them, of which it has none and which take as long as the rest.
 */
const objectsOf = (chart: Chart): ManifestObject[] =>
  chart.node
    .findAll()
    .flatMap((construct) => (ApiObject.isApiObject(construct) ? [construct.toJson() as ManifestObject] : []));

function namespaceObject(name: string, owner: OwnerLabels): ManifestObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: namespaceLabels(owner) } };
}
