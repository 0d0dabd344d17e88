import { z } from 'zod';
import { ClusterError } from '../platform/errors.ts';
import { attempt, type Outcome, type RunOptions, run } from '../platform/process/run.ts';

/** A container that is a part of a kind cluster; its state is as Docker says it: running, exited, created, paused … */
const nodeContainer = z.object({
  name: z.string().min(1),
  role: z.enum(['control-plane', 'worker', 'external-load-balancer']),
  state: z.string().regex(/^[a-z]+$/),
});
export type NodeContainer = Readonly<z.infer<typeof nodeContainer>>;

/** The containers of a kind cluster, whether they run or not; none if there is no such cluster. */
export async function listContainers(cluster: string, options: RunOptions = {}): Promise<NodeContainer[]> {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const format = '{{.Names}}\t{{.Label "io.x-k8s.kind.role"}}\t{{.State}}';
  return readContainers(await run('docker', ['ps', '--all', '--filter', filter, '--format', format], options));
}

/**
 * The lines of `docker ps`: name, role and state, with tabs between.
 *
 * @throws ClusterError if one is not: a cluster of which nothing is known must not be taken for half made
 */
export function readContainers(output: string): NodeContainer[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name, role, state] = line.split('\t');
      const { data } = nodeContainer.safeParse({ name, role, state });
      if (data) return data;
      throw new ClusterError(
        `docker ps printed for a container of the cluster: ${line.replaceAll('\t', ', ')}; expected name, role and state`,
        'docker ps --all --filter label=io.x-k8s.kind.cluster shows them; is docker really podman or another program?',
      );
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The ones that run Kubernetes. */
export const kubernetesNodes = (containers: readonly NodeContainer[]): NodeContainer[] =>
  containers.filter(({ role }) => role !== 'external-load-balancer');

/** The node whose API server is asked. */
export const controlPlane = (containers: readonly NodeContainer[]): NodeContainer | undefined =>
  containers.find(({ role }) => role === 'control-plane');

/** How a container that is not running is made to run, by its state. */
const awakening: Readonly<Record<string, string>> = { paused: 'unpause' };

/** Starts the containers that are not running. */
export async function startContainers(containers: readonly NodeContainer[], signal?: AbortSignal): Promise<void> {
  for (const { name, state } of containers)
    if (state !== 'running') await run('docker', ['container', awakening[state] ?? 'start', name], { signal });
}

const inside = (node: string, args: readonly string[], options: RunOptions): string[] => [
  'exec',
  ...(options.input === undefined ? [] : ['--interactive']),
  node,
  ...args,
];

/** Runs a program on a node that must succeed; gives its stdout. */
export const runOn = (node: string, args: readonly string[], options: RunOptions = {}): Promise<string> =>
  run('docker', inside(node, args, options), options);

/** Runs a program on a node. */
export const attemptOn = (node: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  attempt('docker', inside(node, args, options), options);
