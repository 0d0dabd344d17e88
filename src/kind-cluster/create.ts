import type { KindConfig } from '../config/kind-config.ts';
import { InterruptedError, pause } from '../platform/process/interrupt.ts';
import { attempt, failure, run } from '../platform/process/run.ts';
import { kindPath } from '../platform/process/tool-path.ts';
import { kubeconfigArguments } from './kind-kubeconfig.ts';
import { listContainers } from './nodes.ts';
import { underway } from './processes.ts';

export interface CreateOptions {
  readonly kubeconfig?: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How long a container that was requested before the interruption may take to appear, in milliseconds. */
const patience = 60_000;

/** How long to look for a container whose `docker run` has ended already, in milliseconds. */
const aftermath = 1_500;

/**
 * Makes a cluster, unless another process has begun to. kind deletes what it made if it fails; if it is interrupted, that
 * happens here.
 *
 * @throws FailureError if kind fails
 * @throws InterruptedError on Ctrl-C, with what is left
 */
export async function createCluster({ name, file, nodeImage }: KindConfig, options: CreateOptions): Promise<void> {
  const { kubeconfig, report, signal } = options;
  const image = nodeImage ? ['--image', nodeImage] : [];
  const args = ['create', 'cluster', '--name', name, '--config', file, ...image, ...kubeconfigArguments(kubeconfig)];
  const kind = await kindPath();
  try {
    // Apart: a Ctrl-C that reached Docker's programs would leave Docker making containers that nobody knows of.
    const outcome = await attempt(kind, args, { signal, apart: true, onLine: (line) => step(line, report) });
    if (outcome.exitCode === 0 || /already exist for a cluster with the name/.test(outcome.stderr)) return;
    throw failure(outcome, adviceFor(outcome.stderr));
  } catch (error) {
    if (!signal.aborted) throw error;
    await tidy(name, kubeconfig, report);
    throw new InterruptedError(
      `interrupted; the unfinished cluster ${name} was deleted`,
      'repoctl up creates it again',
    );
  }
}

async function tidy(name: string, kubeconfig: string | undefined, report: (line: string) => void): Promise<void> {
  if ((await underway(name)).creation === 'yes')
    throw new InterruptedError(`interrupted; another process is still creating the cluster ${name}`);
  report(`interrupted; deleting the unfinished cluster ${name}`);
  const left = await removeUnfinished(name, kubeconfig);
  if (left.length > 0)
    throw new InterruptedError(
      `interrupted; left of the cluster ${name}: ${left.join(', ')}`,
      `kind delete cluster --name ${name}`,
    );
}

/** Deletes a cluster that was not finished. @returns the containers that are left */
export async function removeUnfinished(name: string, kubeconfig: string | undefined): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    for (const until = performance.now() + patience; performance.now() < until; await pause(500))
      if (!(await underway(name)).container) break;
    await deleteCluster(name, kubeconfig, true);
    await pause(aftermath);
    const left = await listContainers(name, { apart: true });
    if (left.length === 0 || tries === 2) return left.map((container) => container.name);
  }
}

/** Deletes a cluster with all that is in it, and its context. */
export async function deleteCluster(name: string, kubeconfig: string | undefined, apart = false): Promise<void> {
  await run(await kindPath(), ['delete', 'cluster', '--name', name, ...kubeconfigArguments(kubeconfig)], { apart });
}

/** Reports a step that kind prints: ` • Preparing nodes 📦  ...` */
function step(line: string, report: (line: string) => void): void {
  const [, doing] = /^ • ([\x20-\x7e]+)/.exec(line) ?? [];
  if (doing) report(`kind: ${doing.trim()}`);
}

function adviceFor(stderr: string): string | undefined {
  if (/failed to pull image|pull access denied|manifest unknown/.test(stderr))
    return 'Another image of the nodes: KIND_NODE_IMAGE, or cluster.nodeImage in repoctl.yaml';
  if (/inotify|too many open files/i.test(stderr))
    return 'repoctl doctor: are the limits of inotify too low? https://kind.sigs.k8s.io/docs/user/known-issues/';
  return undefined;
}
