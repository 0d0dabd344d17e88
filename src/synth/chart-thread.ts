// The program of the thread that runs an infra/chart.ts; see make-with-chart.ts.
import { workerData } from 'node:worker_threads';
import { globalObjects, type NamespaceObjects, projectObjects } from '../../charts/app.ts';
import type { GlobalExtension, ProjectExtension } from '../../charts/extension.ts';
import { ConfigurationError } from '../config/problem.ts';
import { replacedIntrinsic } from './intrinsics.ts';
import { loadExtension } from './load-extension.ts';
import { type ChartAnswer, type ChartQuestion, type ChartThreadData, objectId } from './make-with-chart.ts';

const data = workerData as { -readonly [Key in keyof ChartThreadData]?: ChartThreadData[Key] };
const { port, question } = data as ChartThreadData;
// Only this program answers: whatever else the chart imports, it does not find the way there.
delete data.port;

/** The objects of the project, or of the global tier, with its chart. */
async function extended({ root, environment, profile, project, chart }: ChartQuestion): Promise<NamespaceObjects> {
  return project
    ? projectObjects(environment, profile, project, await loadExtension<ProjectExtension>(root, chart))
    : globalObjects(environment, profile, await loadExtension<GlobalExtension>(root, chart));
}

/** Its objects without its chart and patches. */
const plain = ({ environment, profile, project }: ChartQuestion): NamespaceObjects =>
  project
    ? projectObjects(environment, profile, { ...project, patches: [] })
    : globalObjects({ ...environment, patches: [] }, profile);

async function answer(asked: ChartQuestion): Promise<ChartAnswer> {
  const own = plain(asked).objects.map(objectId);
  try {
    const { objects, jobs, nonconformities } = await extended(asked);
    const replaced = replacedIntrinsic();
    if (replaced === undefined) return { objects: [...objects], jobs: [...jobs], own, refused: [...nonconformities] };
    return { wrong: [`${asked.chart}:1:1: replaces ${replaced}; it may only add and change objects`] };
  } catch (error) {
    if (error instanceof ConfigurationError) return { wrong: [...error.lines] };
    throw error;
  }
}

// As text: what the chart has made is data and nothing else.
port.postMessage(JSON.stringify(await answer(question)));
