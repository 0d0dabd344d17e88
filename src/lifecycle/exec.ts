import { connect } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { suggestion } from '../config/nearest.ts';
import { FailureError, UsageError } from '../errors.ts';
import { foreground } from '../process/foreground.ts';
import { toolPath } from '../process/tool-path.ts';
import type { PlannedCommand, PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import { globalTier, planned, plannedWorkload, synthesized } from './selection.ts';

/**
 * Runs a command of a project in the container of its workload.
 *
 * @param more arguments after its own
 * @returns its exit code
 * @throws UsageError if the project names no such command
 */
export async function runCommand(
  project: string,
  name: string,
  more: readonly string[],
  options: ClusterOptions,
): Promise<number> {
  const { plan } = await synthesized();
  const namespace = planned(plan, project);
  const { object, command } = findCommand(namespace, name);
  return execIn(namespace.name, `deployment/${object}`, [...command, ...more], options);
}

/** The commands that a project names. */
export async function commandsOf(project: string): Promise<readonly PlannedCommand[]> {
  const { plan } = await synthesized();
  return planned(plan, project).commands;
}

function findCommand({ name, commands }: PlannedNamespace, given: string): PlannedCommand {
  const found = commands.find((command) => command.name === given);
  if (found) return found;
  const names = commands.map((command) => command.name);
  throw new UsageError(
    names.length === 0
      ? `${name} has no commands; its project.yaml can name some under commands`
      : `${name} has no command "${given}"; ${suggestion(given, names)}`,
  );
}

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

async function execIn(
  namespace: string,
  controller: string,
  command: readonly string[],
  options: ClusterOptions,
): Promise<number> {
  const cluster = await connect(options);
  const kubectl = await toolPath('kubectl');
  if (!kubectl) throw new FailureError('kubectl is not installed; it is needed to reach into pods', 'repoctl doctor');
  const tty = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
  const place = ['--namespace', namespace, controller];
  return foreground(kubectl, [
    ...cluster.kubectlArguments,
    'exec',
    '--quiet',
    '--stdin',
    ...tty,
    ...place,
    '--',
    ...command,
  ]);
}
