import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { NamedJob } from '../../charts/app.ts';
import { admit, type Nonconformity } from '../../charts/common/admission.ts';
import { labelKeys, ownerLabels } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { namespaceObject, securityExceptions } from '../../charts/namespace-security.ts';
import { ownerOf } from '../../charts/wiring.ts';
import { ConfigurationError, problemLine } from '../config/problem.ts';
import { environmentFile } from '../config/root.ts';

/** What the thread is given. */
export interface ChartQuestion {
  readonly root: string;
  readonly environment: Environment;
  readonly profile: Profile;
  /** Whose chart it is; none for that of the global tier. */
  readonly project?: Project;
  /** Its `infra/chart.ts`, relative to the root. */
  readonly chart: string;
}

/** What the thread starts with. */
export interface ChartThreadData {
  readonly question: ChartQuestion;
  /** Where it sends its answer, as JSON. */
  readonly port: MessagePort;
}

const object = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({}).optional() });
const position = z.object({ line: z.number(), column: z.number() });
const refused = z.object({
  origin: z.string(),
  position: position.optional(),
  object: z.string(),
  message: z.string(),
});
const tier = z.enum(['global', 'project']);
const job = z.object({
  name: z.string(),
  labelled: z.object({
    name: z.string(),
    object: z.string(),
    component: z.string(),
    owner: z.object({ environment: z.string(), tier, project: z.string().optional() }),
  }),
});

/** What the thread says: the objects of the namespace, or why its chart can't be run. */
const chartAnswer = z.union([
  z.object({
    objects: z.array(object),
    jobs: z.array(job),
    own: z.array(z.string()),
    refused: z.array(refused),
  }),
  z.object({ wrong: z.array(z.string()).min(1) }),
]);
export type ChartAnswer = z.input<typeof chartAnswer>;

/**
 * What tells an object of a namespace from the others: `Kind/name`, or `Kind/instance` for what belongs to a service or
 * workload, since a job's name says what it runs.
 */
export const objectId = ({ kind, metadata }: ManifestObject): string =>
  `${kind}/${metadata?.labels?.[labelKeys.instance] ?? metadata?.name}`;

/** The objects of a namespace with its own chart, and the problems of those that can't be in the namespace. */
export interface WithChart {
  readonly objects: readonly ManifestObject[];
  readonly jobs: readonly NamedJob[];
  readonly refused: readonly Nonconformity[];
  /** Those of the namespace without its chart: what tells them from others. */
  readonly own: readonly string[];
  /** What the chart printed. */
  readonly printed: string;
}

/** The thread's program: beside the bundle, or else, when this runs from source, in the bundle of these sources. */
const program = ((): URL => {
  const bundled = new URL('./chart-thread.js', import.meta.url);
  if (existsSync(bundled)) return bundled;
  const root = new URL('../../', import.meta.url).href;
  const start = `await (await import('${root}scripts/fresh-bundle.mjs')).freshBundle(); await import('${root}build/chart-thread.js');`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
})();

/** More than any chart needs, in megabytes. A thread without a limit would take the process with it. */
const memoryLimit = 1024;

/**
 * The objects of a namespace that has an `infra/chart.ts`, made in a thread of its own: whatever the chart does there, it
 * can be stopped, and what it changes of the language or the process is gone with it. The objects are judged once more
 * here, where it could not change how.
 *
 * @param limitSeconds how long it may take
 * @throws ConfigurationError if it can't be loaded, ends itself, fails, or takes too long
 */
export async function objectsWithChart(question: ChartQuestion, limitSeconds: number): Promise<WithChart> {
  const { chart } = question;
  const refuse = (message: string) =>
    new ConfigurationError([problemLine({ file: chart, place: start, message }, start)]);
  const { message, printed } = await run(question, limitSeconds, refuse);
  const answer = chartAnswer.safeParse(parsed(message)).data;
  if (!answer) throw refuse('answered with something else than objects');
  if ('wrong' in answer) throw new ConfigurationError(answer.wrong);
  const { jobs, own, refused } = answer;
  if (refused.length > 0) return { objects: [], jobs, own, refused, printed };
  const left = answer.objects.map((each) => objectId(each as ManifestObject));
  const [removed] = own.filter((id) => !left.includes(id));
  if (removed !== undefined) throw refuse(`removes ${removed}; take it out of the configuration instead`);
  return { ...judged(question, answer.objects as ManifestObject[]), jobs, own, printed };
}

const start = { line: 1, column: 1 };

/** The thread's message and what it printed, once it has sent one. */
async function run(question: ChartQuestion, limitSeconds: number, refuse: (message: string) => ConfigurationError) {
  const { port1: answers, port2: port } = new MessageChannel();
  const worker = new Worker(program, {
    workerData: { question, port } satisfies ChartThreadData,
    transferList: [port],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryLimit },
  });
  const output = Promise.all([text(worker.stdout), text(worker.stderr)]);
  let timer: NodeJS.Timeout | undefined;
  try {
    const message = await new Promise<unknown>((resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            refuse(
              `did not end within ${limitSeconds} s, and was stopped; chartTimeLimitSeconds in ${environmentFile} is its limit`,
            ),
          ),
        limitSeconds * 1000,
      );
      answers.once('message', resolve);
      worker.once('error', (error: unknown) => reject(refuse(`failed: ${reason(error)}`)));
      worker.once('exit', (code) => {
        // A message may have come at the same time, and be the first to have been sent.
        const last = receiveMessageOnPort(answers);
        if (last) resolve(last.message);
        else reject(refuse(`ended the run itself, with ${code}; it may only add and change objects`));
      });
    });
    await worker.terminate();
    return { message, printed: (await output).join('') };
  } finally {
    clearTimeout(timer);
    answers.close();
    await worker.terminate();
  }
}

function reason(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `it needs more than ${memoryLimit} MB of memory`;
  return error instanceof Error ? error.message : String(error);
}

function parsed(message: unknown): unknown {
  try {
    return JSON.parse(String(message));
  } catch {
    return undefined;
  }
}

/** The objects by this thread's own judgement, which leaves those alone that were judged already. */
function judged(
  { environment, profile, project, chart }: ChartQuestion,
  given: readonly ManifestObject[],
): Pick<WithChart, 'objects' | 'refused'> {
  const namespace = namespaceObject(environment, profile, project);
  const added = { origin: chart, objects: given.filter((each) => !isDeepStrictEqual(each, namespace)) };
  const exceptions = securityExceptions(environment, profile, project).map(({ object }) => object);
  const labels = ownerLabels(ownerOf(environment, project));
  const { objects, nonconformities } = admit(namespace.metadata.name, labels, [], [added], exceptions);
  return { objects: [namespace, ...objects], refused: nonconformities };
}
