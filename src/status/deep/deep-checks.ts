import pMap from 'p-map';
import { isForbidden, RefusedError } from '../../cluster/api-errors.ts';
import type { Cluster } from '../../cluster/client.ts';
import { ProgramError } from '../../cluster/exec.ts';
import { connectTo } from '../../cluster/port-forward.ts';
import { oneLine } from '../../platform/text.ts';
import type { Pod } from '../rules/objects.ts';
import type { DeepCheck, Judgement, Judgements, Target } from './check.ts';
import type { DeepFinding } from './finding.ts';
import { mayI } from './may-not.ts';
import { readPath, requestOver, runProgram } from './reach.ts';
import { checksOf } from './table.ts';
import { type PlannedParts, targetsOf } from './targets.ts';

export interface DeepOptions {
  /** How many checks run at once. @default 8 */
  readonly limit?: number;
  /** How long each may take, in milliseconds; to reach the pod as long again. @default 2000 */
  readonly timeoutMs?: number;
}

interface Task {
  readonly check: DeepCheck;
  readonly target: Target;
  /** The same for checks that ask the same of all pods. */
  readonly key: string;
}

/**
 * Asks the ready pods of namespaces in their own protocols how they are. Never fails: what could not be asked is `unknown`.
 *
 * @param namespaces of the plan; for what is not in it the pods' labels tell the kind
 * @param pods of these namespaces, also those that are not ready
 */
export async function deepChecks(
  cluster: Cluster,
  namespaces: readonly PlannedParts[],
  pods: readonly Pod[],
  { limit = 8, timeoutMs = 2000 }: DeepOptions = {},
): Promise<readonly DeepFinding[]> {
  const tasks = tasksOf(targetsOf(namespaces, pods, cluster.context));
  const findings = await pMap(tasks, (task) => perform(cluster, task, timeoutMs), { concurrency: limit });
  return findings.flat();
}

/** What is to be asked; a Service's route once, however many pods are behind it. */
export function tasksOf(targets: readonly Target[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const target of targets)
    for (const check of checksOf(target.kind)) {
      if ('command' in check && !check.command(target)) continue;
      const route = 'route' in check ? check.route(target) : undefined;
      if ('route' in check && !route) continue;
      const of = route && !route.viaPod ? target.object : target.pod.metadata.name;
      const key = `${target.namespace}/${of} ${check.name}`;
      if (!tasks.has(key)) tasks.set(key, { check, target, key });
    }
  return [...tasks.values()];
}

async function perform(cluster: Cluster, task: Task, timeoutMs: number): Promise<DeepFinding[]> {
  const { check, target } = task;
  const controller = new AbortController();
  const { signal } = controller;
  const ending = () => setTimeout(() => controller.abort(new Error('timed out')), timeoutMs);
  const progress = { reached: false, timer: ending() };
  // A cluster that is slow to lead to the pod takes nothing of the pod's time.
  const reached = () => {
    if (progress.reached) return;
    clearTimeout(progress.timer);
    Object.assign(progress, { reached: true, timer: ending() });
  };
  let judgements: Judgements;
  try {
    judgements = await ask(cluster, task, signal, reached);
  } catch (error) {
    judgements = failed(error as Error, task, signal, progress.reached, timeoutMs);
  } finally {
    clearTimeout(progress.timer);
  }
  const { namespace, object, pod } = target;
  const list: readonly Judgement[] = Array.isArray(judgements) ? judgements : [judgements as Judgement];
  const asked = 'route' in check ? undefined : pod.metadata.name;
  return list.map((judgement) => ({ namespace, object, check: check.name, pod: asked, ...judgement }));
}

async function ask(
  cluster: Cluster,
  { check, target }: Task,
  signal: AbortSignal,
  reached: () => void,
): Promise<Judgements> {
  const { namespace, object, container } = target;
  const pod = target.pod.metadata.name;
  if ('command' in check) {
    const command = check.command(target) ?? [];
    const where = { namespace, pod, container: container.name };
    return check.judge(await runProgram(cluster, where, command, signal, reached), target);
  }
  if ('route' in check) {
    const { port, path, viaPod } = check.route(target) ?? { port: 0, path: '' };
    // The proxy has no own sign of having reached the service.
    reached();
    const subject = viaPod ? `pods/${pod}` : `services/${object}`;
    const answer = await readPath(cluster, `/api/v1/namespaces/${namespace}/${subject}:${port}/proxy${path}`, signal);
    return check.judge(answer, target, path);
  }
  const open = async () => {
    const connection = await connectTo(cluster, { namespace, pod }, check.port, signal);
    reached();
    return connection;
  };
  return check.converse(
    {
      request: (method, path, body, headers) => requestOver(open, method, path, body, headers),
      async secret(name, key) {
        const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
        const { status, body } = await readPath(cluster, path, signal);
        if (status === 404) return undefined;
        if (status !== 200) throw new RefusedError((JSON.parse(body) as { message?: string }).message ?? body, status);
        const value = (JSON.parse(body) as { data?: Record<string, string> }).data?.[key];
        return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
      },
    },
    target,
  );
}

/** What is made of a check that came to no answer. Only what was reached can be blamed for not answering. */
function failed(
  error: Error,
  { check, target }: Task,
  signal: AbortSignal,
  reached: boolean,
  timeoutMs: number,
): Judgement {
  const { run } = target;
  const within = `within ${timeoutMs / 1000} s`;
  if (signal.aborted && reached)
    return {
      status: 'degraded',
      reason: 'NoAnswer',
      cause: `no answer to the check "${check.name}" ${within}`,
      advice: run.serviceLogs(false),
    };
  if (signal.aborted) return { status: 'unknown', reason: 'TimedOut', cause: `no connection to its pod ${within}` };
  if (error instanceof RefusedError && isForbidden(error))
    return {
      status: 'unknown',
      reason: 'Forbidden',
      cause: oneLine(error.said),
      advice: mayI(error.said, run),
    };
  // The pod may have gone since it was listed, and a program may not be in an image of one's own.
  if (error instanceof ProgramError || error instanceof RefusedError)
    return {
      status: 'unknown',
      reason: 'NotAsked',
      cause: `the check "${check.name}" could not run: ${oneLine(error instanceof RefusedError ? error.said : error.message)}`,
    };
  if (reached)
    return {
      status: 'degraded',
      reason: 'NoAnswer',
      cause: `the connection for the check "${check.name}" broke: ${oneLine(error.message)}`,
      advice: run.serviceLogs(false),
    };
  return {
    status: 'unknown',
    reason: 'NotAsked',
    cause: `the check "${check.name}" could not run: ${oneLine(error.message)}`,
  };
}
