import { contextOf, type KindConfig, readKindConfig } from '../config/kind-config.ts';
import { ClusterError, FailureError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { interruptible } from '../platform/process/interrupt.ts';
import { type Condition, judge } from './condition.ts';
import { ControlPlane, holdsVolumes, startedAt } from './control-plane.ts';
import { createCluster, removeUnfinished } from './create.ts';
import { ensureContext, hasContext } from './kind-kubeconfig.ts';
import { controlPlane, kubernetesNodes, listContainers, type NodeContainer, startContainers } from './nodes.ts';
import { underway } from './processes.ts';

export interface ClusterNeeds {
  /** @default $KUBECONFIG, or ~/.kube/config */
  readonly kubeconfig?: string;
  readonly report: (line: string) => void;
  /** How long the cluster may take to become ready, in seconds. @default 180 */
  readonly timeout?: number;
}

/** A kind cluster that runs. */
export interface KindCluster {
  readonly name: string;
  /** Its context in the kubeconfig. */
  readonly context: string;
  /** Names of the containers that are its nodes. */
  readonly nodes: readonly string[];
}

const patience = 180;

/** How long another process may take to make the cluster, in milliseconds: the image of its nodes may have to come first. */
const othersPatience = 1_800_000;

/**
 * Ensures that the cluster of kind-config.yaml runs and is ready: creates it, starts it or leaves it as it is.
 *
 * @param root the folder with `repoctl.yaml` and `kind-config.yaml`
 * @throws UsageError, ConfigurationError if kind or its configuration is missing or wrong
 * @throws ClusterError if Docker is not running, or if the cluster does not answer but may hold data
 * @throws FailureError if it can't be made
 * @throws InterruptedError on Ctrl-C; nothing half-made is left, or it says what is
 * @throws TimeoutError if it does not become ready
 */
export async function ensureCluster(root: string, needs: ClusterNeeds): Promise<KindCluster> {
  const config = readKindConfig(root);
  return interruptible(async (signal) => {
    for (let discarded = false; ; ) {
      await awaitOthers(config.name, needs, signal, 'no');
      const containers = await listContainers(config.name, { signal });
      if (containers.length === 0) {
        await createCluster(config, { ...needs, signal });
        continue;
      }
      const plane = controlPlane(containers);
      const condition = plane
        ? await settle(config.name, containers, plane, needs, signal)
        : ({ state: 'unfinished', message: 'it has no control plane' } as const);
      if (condition.state === 'ready') break;
      if (await awaitOthers(config.name, needs, signal, 'perhaps')) continue;
      if (discarded) throw new FailureError(`the cluster ${config.name} could not be created: ${condition.message}`);
      await discard(config, containers, condition.message, needs);
      discarded = true;
    }
    if (await ensureContext(config.name, needs.kubeconfig))
      needs.report(`wrote the context ${contextOf(config.name)} to the kubeconfig`);
    return described(config, await listContainers(config.name));
  });
}

/**
 * Ensures that an existing cluster runs and that the kubeconfig knows it; never deletes or creates one.
 *
 * @throws ClusterError if it is only half made
 * @throws TimeoutError if it does not become ready
 */
export async function wakeCluster(name: string, needs: ClusterNeeds): Promise<void> {
  const containers = await listContainers(name);
  const plane = controlPlane(containers);
  if (!plane) throw new ClusterError(`the cluster ${name} has no control plane`, 'repoctl up creates it again');
  await interruptible(async (signal) => {
    const { state, message } = { message: '', ...(await settle(name, containers, plane, needs, signal)) };
    if (state !== 'ready')
      throw new ClusterError(`the cluster ${name} was only half created: ${message}`, 'repoctl up creates it again');
    await ensureContext(name, needs.kubeconfig);
  });
}

/** The cluster of kind-config.yaml as it is; `undefined` if there is none. */
export async function findCluster(root: string): Promise<(KindCluster & { readonly running: boolean }) | undefined> {
  const config = readKindConfig(root);
  const containers = await listContainers(config.name);
  if (containers.length === 0) return undefined;
  return { ...described(config, containers), running: containers.every(({ state }) => state === 'running') };
}

const described = ({ name }: KindConfig, containers: readonly NodeContainer[]): KindCluster => ({
  name,
  context: contextOf(name),
  nodes: kubernetesNodes(containers).map((node) => node.name),
});

/** Waits while another process makes the cluster: another `repoctl up`, or kind that one which was killed has left. */
async function awaitOthers(
  name: string,
  { report }: ClusterNeeds,
  signal: AbortSignal,
  unnamed: 'perhaps' | 'no',
): Promise<boolean> {
  let waited = false;
  await poll(
    async (waiting) => {
      const { creation } = await underway(name);
      if (creation !== 'yes' && (creation === 'no' || unnamed === 'no')) return true;
      waited = true;
      return waiting(`another process is making the cluster ${name}; waiting for it`);
    },
    () =>
      new TimeoutError(
        `another process is still making the cluster ${name} after ${othersPatience / 60_000} minutes`,
        'Find it with ps (kind create cluster, or repoctl up), stop it, then run repoctl up again',
      ),
    { timeout: othersPatience, interval: 1_000, signal, report },
  );
  return waited;
}

/** Starts what stands still, and waits until the cluster is ready or is seen to be unfinished. */
async function settle(
  name: string,
  containers: readonly NodeContainer[],
  plane: NodeContainer,
  needs: ClusterNeeds,
  signal: AbortSignal,
): Promise<Exclude<Condition, { state: 'waiting' }>> {
  const { report, timeout = patience } = needs;
  const stopped = containers.filter(({ state }) => state !== 'running');
  if (stopped.length > 0) {
    report(`the cluster ${name} is stopped; starting it`);
    await startContainers(stopped, signal);
  }
  const since = stopped.length > 0 ? await startedAt(plane.name) : 0;
  const size = kubernetesNodes(containers).length;
  const control = new ControlPlane(name, plane.name);
  let silent = false;
  try {
    return await poll(
      async (waiting) => {
        const condition = judge(await control.observe(signal), size, since);
        if (condition.state !== 'waiting') return condition;
        silent = condition.message.startsWith('the API server');
        return waiting(condition.message);
      },
      (why) =>
        new TimeoutError(
          `the cluster ${name} was not ready after ${timeout} s: ${why}`,
          `docker logs ${plane.name}; to delete it with its data: repoctl down --cluster`,
        ),
      {
        timeout: timeout * 1000,
        interval: 1_000,
        signal,
        report: (why) => report(`waiting for the cluster ${name} to be ready: ${why}`),
      },
    );
  } catch (error) {
    if (error instanceof TimeoutError && silent && (await isWorthless(name, plane, needs)))
      return { state: 'unfinished', message: `it did not answer for ${timeout} s` };
    throw error;
  }
}

/** kind writes the context when a cluster is finished: one that has none and no volumes is not worth keeping. */
const isWorthless = async (name: string, plane: NodeContainer, { kubeconfig }: ClusterNeeds): Promise<boolean> =>
  !(await hasContext(name, kubeconfig)) && !(await holdsVolumes(plane.name));

/** Deletes a cluster that was never finished. */
async function discard(
  { name }: KindConfig,
  containers: readonly NodeContainer[],
  message: string,
  { kubeconfig, report }: ClusterNeeds,
): Promise<void> {
  // One that was never started holds nothing.
  for (const node of kubernetesNodes(containers).filter(({ state }) => state !== 'created'))
    if (await holdsVolumes(node.name))
      throw new ClusterError(
        `the cluster ${name} looks half created (${message}), but volumes lie on ${node.name}, or it can't be asked`,
        'To delete it with its data: repoctl down --cluster',
      );
  report(`the cluster ${name} was only half created (${message}) and holds no data; creating it again`);
  const left = await removeUnfinished(name, kubeconfig);
  if (left.length > 0)
    throw new FailureError(
      `can't delete ${left.join(', ')} of the cluster ${name}`,
      `docker rm -f -v ${left.join(' ')}`,
    );
}
