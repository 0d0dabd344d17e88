import { keepsRunning, workloadKinds } from '../../charts/kinds.ts';
import type { Project } from '../../charts/model.ts';
import { suggestion } from '../platform/nearest.ts';
import type { Refuse } from './problem.ts';

/** Refuses commands that would run in no container. */
export function checkCommands({ commands, workloads }: Project, refuse: Refuse): void {
  const suitable = workloads.filter(({ kind }) => {
    const definition = workloadKinds[kind];
    return definition !== undefined && keepsRunning(definition);
  });
  const names = suitable.map(({ name }) => name);
  for (const { name, workload } of commands) {
    if (names.includes(workload)) continue;
    const other = workloads.find((each) => each.name === workload);
    const why = other ? `"${workload}" is a ${other.kind}, which does not keep running` : `no workload "${workload}"`;
    refuse(['commands', name, 'workload'], `commands.${name}.workload: ${why}; ${suggestion(workload, names)}`);
  }
}
