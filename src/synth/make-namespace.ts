import type { Nonconformity } from '../../charts/common/admission.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { problemLine } from '../config/problem.ts';
import { printText } from '../platform/terminal/print.ts';
import { objectsWithChart, type WithChart } from './make-with-chart.ts';
import { manifestText } from './manifest-text.ts';
import { type PlannedNamespace, type PlannedObject, planNamespace } from './plan.ts';

/** What a namespace becomes. */
export interface MadeNamespace {
  readonly name: string;
  /** Its manifests; none if they can't be told without running the project's chart. */
  readonly text?: string;
  readonly plan: PlannedNamespace;
  /** What a project's own chart or manifests say that can't be in the namespace, a line each. */
  readonly refused: readonly string[];
}

/** What namespaces are made from. */
export interface Making {
  readonly root: string;
  readonly environment: Environment;
  readonly profile: Profile;
  /** How long a project's `infra/chart.ts` may take, in seconds. */
  readonly chartLimitSeconds: number;
  /** What an earlier run planned, if charts are not to be run. */
  readonly earlier?: readonly PlannedNamespace[];
}

/**
 * Makes the manifests of the global tier, or of a project.
 *
 * @throws ConfigurationError if the project's chart can't be run
 */
export async function makeNamespace(making: Making, project: Project | undefined): Promise<MadeNamespace> {
  const { environment, profile, earlier } = making;
  if (project && hasChart(project) && earlier)
    return withoutChart(making, project, earlier.find(({ name }) => name === project.namespace)?.objects);
  const made = await objectsOf(making, project);
  const { objects, refused, own } = made;
  const plan = planNamespace(environment, profile, project, made);
  return {
    name: (project ?? environment).namespace,
    text: manifestText(objects),
    plan: own ? { ...plan, objects: plan.objects.map((each) => marked(each, own)) } : plan,
    refused: refused.map(refusal),
  };
}

const refusal = ({ origin, position = { line: 1, column: 1 }, object, message }: Nonconformity): string =>
  problemLine({ file: origin, place: position, message: `${object}: ${message}` }, position);

const marked = (object: PlannedObject, own: readonly string[]): PlannedObject =>
  own.includes(`${object.kind}/${object.of ?? object.name}`) ? object : { ...object, added: true };

/**
 * The plan of a project with its own chart as far as it can be told without running it: what the chart added in an
 * earlier run, and which names it gave to jobs, is taken to be so still.
 *
 * @param earlier the objects of that run
 */
async function withoutChart(
  making: Making,
  project: Project,
  earlier: readonly PlannedObject[] = [],
): Promise<MadeNamespace> {
  // A patch may be meant for what the chart adds.
  const { name, plan, refused } = await makeNamespace(making, { ...project, chart: undefined, patches: [] });
  const named = <Type extends { kind: string; name: string }>(given: Type, of: string | undefined): Type => {
    const job = given.kind === 'Job' && earlier.find((each) => each.kind === 'Job' && each.of === of);
    return job ? { ...given, name: job.name } : given;
  };
  const workloads = plan.workloads.map(({ controller, ...workload }) => ({
    ...workload,
    controller: controller && named(controller, workload.object),
  }));
  const own = plan.objects.map((object) => named(object, object.of));
  const objects = [...own, ...earlier.filter((object) => object.added)];
  return { name, plan: { ...plan, workloads, objects }, refused };
}

interface Made {
  /** Those that the project has without its chart, if it has one. */
  readonly own?: readonly string[];
  readonly objects: readonly ManifestObject[];
  readonly jobs: WithChart['jobs'];
  readonly refused: readonly Nonconformity[];
}

async function objectsOf(making: Making, project: Project | undefined): Promise<Made> {
  const { root, environment, profile, chartLimitSeconds } = making;
  if (project && hasChart(project)) {
    const made = await objectsWithChart({ root, environment, profile, project }, chartLimitSeconds);
    // Its own words, on the way of other messages: standard output may be a document.
    await printText(made.printed, process.stderr);
    return made;
  }
  // Only here, since cdk8s takes a tenth of a second to load and an unchanged environment needs none of it.
  const { globalObjects, projectObjects } = await import('../../charts/app.ts');
  const made = project ? projectObjects(environment, profile, project) : globalObjects(environment, profile);
  return { ...made, refused: made.nonconformities };
}

export const hasChart = (project: Project): project is Project & { readonly chart: string } =>
  project.chart !== undefined;
