import type { ProfileName } from '../../charts/model.ts';
import type { Cluster } from '../cluster/client.ts';
import { connect } from '../cluster/connect.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { mustBeOwn } from '../cluster/namespaces.ts';
import { portForward } from '../cluster/port-forward.ts';
import { FailureError, UsageError } from '../platform/errors.ts';
import { commandLine, ownerText, type PortOwner, portOwners } from '../platform/tools/port-owner.ts';
import { type Endpoint, endpoints } from '../synth/endpoints.ts';
import { globalTier, planned, synthesized, withAwaited } from '../synth/plan-queries.ts';
import { runningProjects } from './stop.ts';

export interface ForwardOptions extends ClusterOptions {
  /** @default local */
  readonly profile?: ProfileName;
  readonly report: (line: string) => void;
}

/**
 * Opens the fixed ports of projects and of the global tier, until the process ends.
 *
 * @throws UsageError if another program holds one of the ports, or a namespace is not this environment's
 * @throws FailureError if nothing runs
 */
export async function forwardProjects(names: readonly string[], options: ForwardOptions): Promise<void> {
  const { plan } = await synthesized(options.profile, { runCharts: false });
  const cluster = await connect(options);
  const running = await runningProjects(cluster, plan.environment);
  const chosen = withAwaited(
    plan,
    (names.length > 0 ? names : running).map((name) => planned(plan, name)),
  );
  await mustBeOwn(
    cluster,
    [globalTier(plan), ...chosen].map(({ name }) => name),
    plan,
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
  const opened = await Promise.allSettled(all.map((endpoint) => open(cluster, endpoint, options)));
  const failures = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
  // Where nothing is open there is nothing to wait for.
  if (failures[0] && failures.length === all.length) throw failures[0];
  for (const { message } of failures) options.report(message);
}

async function open(
  cluster: Cluster,
  { namespace, object, targetPort, hostPort, address }: Endpoint,
  { report }: ForwardOptions,
): Promise<void> {
  const target = { namespace, service: object, port: targetPort };
  await portForward(cluster, target, { localPort: hostPort, report });
  report(`${address}  ${object}`);
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
  const all = [...shared, ...own];
  const owners = await portOwners(all.map(({ hostPort }) => hostPort));
  const open: Endpoint[] = [];
  const taken: string[] = [];
  for (const endpoint of all) {
    const owner = owners.get(endpoint.hostPort);
    if (!owner) continue;
    if (shared.includes(endpoint) && (await isForward(owner))) open.push(endpoint);
    else taken.push(`port ${endpoint.hostPort} (${endpoint.object}) is used by ${ownerText(owner)}`);
  }
  if (taken.length > 0)
    throw new UsageError(taken.join('\n'), 'Stop that program, or give the service another hostPort');
  for (const { address, object } of open) report(`${address}  ${object} is open already`);
  return all.filter((endpoint) => !open.includes(endpoint));
}

/** Whether a process is another `repoctl infra project forward`. */
async function isForward({ pid }: PortOwner): Promise<boolean> {
  const line = pid === undefined ? '' : await commandLine(pid);
  return /\brepoctl\b.*\binfra project forward\b/.test(line);
}
