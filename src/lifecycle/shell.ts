import type { ProfileName } from '../../charts/model.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { type Controller, execIn } from '../cluster/terminal-session.ts';
import { UsageError } from '../platform/errors.ts';
import type { PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import { globalTier, planned, plannedWorkload, synthesized } from '../synth/plan-queries.ts';

/** Where a shell is opened, and the program. */
export interface ShellTarget {
  readonly controller: Controller;
  readonly program: readonly string[];
  /** What people call it. */
  readonly name: string;
  /** Name of the environment that it belongs to. */
  readonly environment: string;
  /** The command that starts the service. */
  readonly start: string;
}

/**
 * What a shell of a service is: the client of a database, `sh` of anything else.
 *
 * @param project none for the global tier
 * @param service the first that has a client, if none is named
 */
export async function shellTarget(
  project: string | undefined,
  service: string | undefined,
  profile?: ProfileName,
): Promise<ShellTarget> {
  const { plan } = await synthesized(profile, { runCharts: false });
  const namespace = project === undefined ? globalTier(plan) : planned(plan, project);
  const entry = service === undefined ? firstClient(namespace) : plannedWorkload(namespace, service);
  const { controller, object, client, clientName } = entry;
  if (!controller) throw new UsageError(`${object} runs elsewhere`, 'repoctl infra env prints how to reach it');
  if (controller.kind !== 'StatefulSet' && controller.kind !== 'Deployment')
    throw new UsageError(`${object} is a ${controller.kind}, which does not keep running`);
  return {
    controller: { kind: controller.kind, namespace: namespace.name, name: controller.name },
    program: client ?? ['sh'],
    name: clientName ?? 'sh',
    environment: plan.environment,
    start: project === undefined ? 'repoctl infra global start' : `repoctl infra project start ${namespace.name}`,
  };
}

function firstClient(namespace: PlannedNamespace): PlannedWorkload {
  const all = [...namespace.services, ...namespace.workloads].filter(({ controller }) => controller);
  const found = all.find(({ client }) => client) ?? all[0];
  if (found) return found;
  throw new UsageError(`nothing of ${namespace.name} runs in the cluster`);
}

/** @returns the program's exit code */
export const openShell = (
  { controller, program, environment, start }: ShellTarget,
  more: readonly string[],
  options: ClusterOptions,
) => execIn(controller, [...program, ...more], { ...options, environment, start });
