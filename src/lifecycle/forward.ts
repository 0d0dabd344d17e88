import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, connect } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { portForward } from '../cluster/kubectl.ts';
import { PodWatch } from '../cluster/pod-watch.ts';
import { FailureError, UsageError } from '../platform/errors.ts';
import { portOwner } from '../platform/tools/port-owner.ts';
import { type Endpoint, endpoints } from '../synth/endpoints.ts';
import { globalTier, planned, synthesized, withAwaited } from '../synth/plan-queries.ts';
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
  const all = await closed(endpoints(globalTier(plan)), chosen.flatMap(endpoints), options);
  const pods = new PodWatch(cluster, plan.environment);
  await Promise.all(all.map((endpoint) => keepOpen(cluster, pods, endpoint, options)));
}

/**
 * The endpoints that are to be opened: all but those of the global tier that another `forward` has open already.
 *
 * @throws UsageError with all ports that something else holds
 */
async function closed(
  shared: readonly Endpoint[],
  own: readonly Endpoint[],
  { report }: ForwardOptions,
): Promise<Endpoint[]> {
  const found = await Promise.all(
    [...shared, ...own].map(async (endpoint) => ({ endpoint, owner: await portOwner(endpoint.hostPort) })),
  );
  const isOpen = ({ endpoint, owner }: (typeof found)[number]) =>
    shared.includes(endpoint) && owner?.startsWith('kubectl') === true;
  const taken = found.filter((each) => each.owner !== undefined && !isOpen(each));
  if (taken.length > 0) {
    const lines = taken.map(
      ({ endpoint, owner }) => `port ${endpoint.hostPort} (${endpoint.object}) is held by ${owner}`,
    );
    throw new UsageError(lines.join('\n'), 'Stop that program, or give the service another hostPort');
  }
  for (const { endpoint } of found.filter(isOpen)) report(`${endpoint.address}  ${endpoint.object} is open already`);
  return found.filter((each) => !isOpen(each)).map(({ endpoint }) => endpoint);
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
