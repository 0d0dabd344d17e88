import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, connect } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { portForward } from '../cluster/kubectl.ts';
import { FailureError, UsageError } from '../errors.ts';
import { portOwner } from '../tools/port-owner.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
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
      `${stopped.join(', ') || 'no project'} is not running`,
      `repoctl infra project start ${stopped[0] ?? 'NAME'}`,
    );
  const all = [globalTier(plan), ...chosen].flatMap(endpoints);
  await mustBeFree(all);
  await Promise.all(all.map((endpoint) => keepOpen(cluster, endpoint, options)));
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

async function keepOpen(cluster: Cluster, endpoint: Endpoint, { report }: ForwardOptions): Promise<never> {
  const { namespace, object, targetPort, hostPort, address } = endpoint;
  let open = false;
  for (;;) {
    try {
      const forward = await portForward(cluster, namespace, `service/${object}`, targetPort, hostPort);
      report(`${address}  ${object}${open ? ' again' : ''}`);
      open = true;
      await forward.closed;
    } catch {
      // Its pod may be being replaced.
    }
    await sleep(1000);
  }
}
