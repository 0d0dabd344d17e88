// The program of the thread that runs a project's infra/chart.ts; see make-with-chart.ts.
import { workerData } from 'node:worker_threads';
import { projectObjects } from '../../charts/app.ts';
import { ConfigurationError } from '../config/problem.ts';
import { replacedIntrinsic } from './intrinsics.ts';
import { loadExtension } from './load-extension.ts';
import { type ChartAnswer, type ChartQuestion, type ChartThreadData, objectId } from './make-with-chart.ts';

const data = workerData as { -readonly [Key in keyof ChartThreadData]?: ChartThreadData[Key] };
const { port, question } = data as ChartThreadData;
// Only this program answers: whatever else the chart imports, it does not find the way there.
delete data.port;

async function answer({ root, environment, profile, project }: ChartQuestion): Promise<ChartAnswer> {
  const own = projectObjects(environment, profile, { ...project, patches: [] }).objects.map(objectId);
  try {
    const extension = await loadExtension(root, project.chart);
    const { objects, jobs, nonconformities } = projectObjects(environment, profile, project, extension);
    const replaced = replacedIntrinsic();
    if (replaced === undefined) return { objects: [...objects], jobs: [...jobs], own, refused: [...nonconformities] };
    return { wrong: [`${project.chart}:1:1: replaces ${replaced}; it may only add and change objects`] };
  } catch (error) {
    if (error instanceof ConfigurationError) return { wrong: [...error.lines] };
    throw error;
  }
}

// As text: what the chart has made is data and nothing else.
port.postMessage(JSON.stringify(await answer(question)));
