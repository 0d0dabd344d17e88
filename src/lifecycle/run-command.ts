import type { ProfileName } from '../../charts/model.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { execIn } from '../cluster/terminal-session.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import type { PlannedCommand, PlannedNamespace } from '../synth/plan.ts';
import { planned, synthesized } from '../synth/plan-queries.ts';

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
  { profile, ...options }: ClusterOptions & { readonly profile?: ProfileName },
): Promise<number> {
  const { plan } = await synthesized(profile, { runCharts: false });
  const namespace = planned(plan, project);
  const { object, command } = findCommand(namespace, name);
  const found = namespace.workloads.find((each) => each.object === object)?.controller;
  const kind = found?.kind === 'StatefulSet' ? 'StatefulSet' : 'Deployment';
  const controller = { kind, namespace: namespace.name, name: object } as const;
  const start = `repoctl infra project start ${namespace.name}`;
  return execIn(controller, [...command, ...more], { ...options, environment: plan.environment, start });
}

/** The commands that a project names. */
export async function commandsOf(project: string, profile?: ProfileName): Promise<readonly PlannedCommand[]> {
  const { plan } = await synthesized(profile, { runCharts: false });
  return planned(plan, project).commands;
}

function findCommand({ name, commands }: PlannedNamespace, given: string): PlannedCommand {
  const found = commands.find((command) => command.name === given);
  if (found) return found;
  const names = commands.map((command) => command.name);
  throw new UsageError(
    names.length === 0
      ? `${name} has no commands; add them under commands in its project.yaml`
      : `${name} has no command "${given}"; ${suggestion(given, names)}`,
  );
}
