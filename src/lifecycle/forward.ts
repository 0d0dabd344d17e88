import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, connect } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { portForward } from '../cluster/kubectl.ts';
import { FailureError, UsageError } from '../errors.ts';
import { portOwner } from '../tools/port-owner.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
import { PodWatch } from './pod-watch.ts';
import { globalTier, planned, synthesized, withAwaited } from './selection.ts';
import { runningProjects } from './stop.ts';

export interface ForwardOptions extends ClusterOptions {
  readonly report: (line: string) => void;
}

/**
 * Opens the fixed ports of projects and of the global tier, until the process ends.
 *
 * @throws UsageError if another program holds one of the ports
 * @throws FailureError if nothing runs
 */
export async function forwardProjects(names: readonly string[], options: ForwardOptions): Promise<void> {
  const { plan } = await synthesized();
  const cluster = await connect(options);
  const running = await runningProjects(cluster, plan.environment);
  const chosen = withAwaited(
    plan,
    (names.length > 0 ? names : running).map((name) => planned(plan, name)),
  );
  const stopped = names.map((name) => planned(plan, name).name).filter((name) => !running.includes(name));
  if (chosen.length === 0 || stopped.length > 0)
    throw new FailureError(
      stopped.length > 0
        ? `${stopped.join(', ')} ${stopped.length === 1 ? 'is' : 'are'} not running`
        : 'no project is running',
      `repoctl infra project start ${stopped[0] ?? 'NAME'}`,
    );
  const shared = await notForwarded(endpoints(globalTier(plan)), options);
  const own = chosen.flatMap(endpoints);
  await mustBeFree(own);
  const pods = new PodWatch(cluster, plan.environment);
  await Promise.all([...shared, ...own].map((endpoint) => keepOpen(cluster, pods, endpoint, options)));
}

/** The endpoints of the global tier without those that another `forward` has open already. */
async function notForwarded(all: readonly Endpoint[], { report }: ForwardOptions): Promise<Endpoint[]> {
  const owners = await Promise.all(all.map(({ hostPort }) => portOwner(hostPort)));
  const open = all.filter((_, index) => owners[index]?.startsWith('kubectl'));
  for (const { address, object } of open) report(`${address}  ${object} is open already`);
  const rest = all.filter((endpoint) => !open.includes(endpoint));
  await mustBeFree(rest);
  return rest;
}

async function mustBeFree(all: readonly Endpoint[]): Promise<void> {
  const owners = await Promise.all(
    all.map(async (endpoint) => ({ endpoint, owner: await portOwner(endpoint.hostPort) })),
  );
  const taken = owners.filter(({ owner }) => owner !== undefined);
  if (taken.length === 0) return;
  const lines = taken.map(
    ({ endpoint, owner }) => `port ${endpoint.hostPort} (${endpoint.object}) is held by ${owner}`,
  );
  throw new UsageError(lines.join('\n'), 'Stop that program, or give the service another hostPort');
}

async function keepOpen(
  cluster: Cluster,
  pods: PodWatch,
  endpoint: Endpoint,
  { report }: ForwardOptions,
): Promise<never> {
  const { namespace, object, targetPort, hostPort, address } = endpoint;
  let open = false;
  for (;;) {
    try {
      const forward = await portForward(cluster, namespace, `service/${object}`, targetPort, hostPort);
      report(`${address}  ${object}${open ? ' again' : ''}`);
      open = true;
      // kubectl forwards to the pod that it found first, and finds out that it has gone only when it is used.
      await Promise.race([forward.closed, pods.goneOf(namespace, object)]);
      await forward.close();
    } catch {
      // Its pod may be being replaced.
    }
    await sleep(1000);
  }
}
