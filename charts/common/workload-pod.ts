import type { Resources } from './fields.ts';
import type { Workload, WorkloadContext } from './kind.ts';
import { labelled } from './labelled.ts';
import type { PodProps } from './pod.ts';

/** The settings that the pods of all kinds of workload are made from. */
interface PodSettings {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly user: number;
  readonly group?: number;
  readonly stopSeconds: number;
  readonly resources: Resources;
}

/** What the pods of all kinds of workload have in common; each kind adds its own. */
export function workloadPod(workload: Workload<PodSettings>, component: string, context: WorkloadContext) {
  const { name, settings } = workload;
  return {
    labelled: labelled(workload, component),
    user: settings.user,
    group: settings.group,
    graceSeconds: settings.stopSeconds,
    init: context.waits,
    container: {
      name,
      image: context.image,
      command: settings.command,
      args: settings.args,
      variables: context.variables,
      resources: settings.resources,
      writableRoot: context.synced.length > 0,
    },
  } satisfies PodProps;
}
