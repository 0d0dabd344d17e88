import { execIn } from '../cluster/exec-in.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { UsageError } from '../platform/errors.ts';
import type { PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import { globalTier, planned, plannedWorkload, synthesized } from '../synth/plan-queries.ts';

/** Where a shell is opened, and the program. */
export interface ShellTarget {
  readonly namespace: string;
  /** As kubectl calls it: `statefulset/turfoo-postgres`. */
  readonly controller: string;
  readonly program: readonly string[];
}

/**
 * What a shell of a service is: the client of a database, `sh` of anything else.
 *
 * @param project none for the global tier
 * @param service the first that has a client, if none is named
 */
export async function shellTarget(project: string | undefined, service: string | undefined): Promise<ShellTarget> {
  const { plan } = await synthesized();
  const namespace = project === undefined ? globalTier(plan) : planned(plan, project);
  const entry = service === undefined ? firstClient(namespace) : plannedWorkload(namespace, service);
  const { controller, object, client } = entry;
  if (!controller) throw new UsageError(`${object} runs elsewhere`, 'repoctl infra env prints how to reach it');
  if (controller.kind !== 'StatefulSet' && controller.kind !== 'Deployment')
    throw new UsageError(`${object} is a ${controller.kind}, which does not keep running`);
  return {
    namespace: namespace.name,
    controller: `${controller.kind.toLowerCase()}/${controller.name}`,
    program: client ?? ['sh'],
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
  { namespace, controller, program }: ShellTarget,
  more: readonly string[],
  options: ClusterOptions,
) => execIn(namespace, controller, [...program, ...more], options);
