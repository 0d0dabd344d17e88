import type { Nonconformity } from '../../charts/common/admission.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { problemLine } from '../config/problem.ts';
import { printText } from '../platform/terminal/print.ts';
import { objectsWithChart, type WithChart } from './make-with-chart.ts';
import { manifestText } from './manifest-text.ts';
import type { PlannedNamespace, PlannedObject } from './plan.ts';
import { planNamespace } from './plan-namespace.ts';
import { inWaves } from './sync-waves.ts';

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
  /** How long an `infra/chart.ts` may take, in seconds. */
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
  const { namespace } = project ?? environment;
  if (chartOf(environment, project) !== undefined && earlier)
    return withoutChart(making, project, earlier.find(({ name }) => name === namespace)?.objects);
  const made = await objectsOf(making, project);
  const { objects, refused, own } = made;
  const plan = planNamespace(environment, profile, project, made);
  return {
    name: namespace,
    text: manifestText(profile.gitops === 'argocd' ? objects.map(inWaves(plan)) : objects),
    plan: own ? { ...plan, objects: plan.objects.map((each) => marked(each, own)) } : plan,
    refused: refused.map(refusal),
  };
}

const refusal = ({ origin, position = { line: 1, column: 1 }, object, message }: Nonconformity): string =>
  problemLine({ file: origin, place: position, message: `${object}: ${message}` }, position);

const marked = (object: PlannedObject, own: readonly string[]): PlannedObject =>
  own.includes(`${object.kind}/${object.of ?? object.name}`) ? object : { ...object, added: true };

/**
 * The plan of a namespace with its own chart as far as it can be told without running it: what the chart added in an
 * earlier run, and which names it gave to jobs, is taken to be so still.
 *
 * @param earlier the objects of that run
 */
async function withoutChart(
  making: Making,
  project: Project | undefined,
  earlier: readonly PlannedObject[] = [],
): Promise<MadeNamespace> {
  // A patch may be meant for what the chart adds.
  const bare = { chart: undefined, patches: [] };
  const { name, plan, refused } = project
    ? await makeNamespace(making, { ...project, ...bare })
    : await makeNamespace({ ...making, environment: { ...making.environment, ...bare } }, undefined);
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
  /** Those that there are without its chart, if it has one. */
  readonly own?: readonly string[];
  readonly objects: readonly ManifestObject[];
  readonly jobs: WithChart['jobs'];
  readonly refused: readonly Nonconformity[];
}

async function objectsOf(making: Making, project: Project | undefined): Promise<Made> {
  const { root, environment, profile, chartLimitSeconds } = making;
  const chart = chartOf(environment, project);
  if (chart !== undefined) {
    const made = await objectsWithChart({ root, environment, profile, project, chart }, chartLimitSeconds);
    // Its own words, on the way of other messages: standard output may be a document.
    await printText(made.printed, process.stderr);
    return made;
  }
  // Only here, since cdk8s takes a tenth of a second to load and an unchanged environment needs none of it.
  const { globalObjects, projectObjects } = await import('../../charts/app.ts');
  const made = project ? projectObjects(environment, profile, project) : globalObjects(environment, profile);
  return { ...made, refused: made.nonconformities };
}

/** The `infra/chart.ts` of a project, or of the global tier without one. */
export const chartOf = (environment: Environment, project: Project | undefined): string | undefined =>
  (project ?? environment).chart;
