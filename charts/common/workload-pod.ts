import { declaredPod } from './declared-pod.ts';
import type { Resources } from './fields.ts';
import type { Workload, WorkloadContext } from './kind.ts';
import { labelled } from './labelled.ts';
import { type MetricsSettings, metricsOf } from './metrics.ts';
import type { PodProps } from './pod.ts';
import type { PodSettings } from './pod-fields.ts';
import type { Scaling } from './scaling.ts';
import { spread } from './scheduling.ts';
import { commandOf } from './workload-fields.ts';

/** The settings that the pods of all kinds of workload are made from. */
interface WorkloadPodSettings extends PodSettings, Scaling, Omit<MetricsSettings, 'sidecars'> {
  readonly command?: readonly string[];
  readonly localCommand?: readonly string[];
  readonly args?: readonly string[];
  readonly stopSeconds: number;
  readonly resources: Resources;
}

/** What the pods of all kinds of workload have in common; each kind adds its own. */
export function workloadPod(
  { name, settings, ...workload }: Workload<WorkloadPodSettings>,
  component: string,
  context: WorkloadContext,
  { claimTemplates = false, mainPort }: { readonly claimTemplates?: boolean; readonly mainPort?: string } = {},
): PodProps {
  return declaredPod(
    { ...spread(settings, context.development), ...settings },
    {
      labelled: labelled({ name, ...workload }, component),
      stopSeconds: settings.stopSeconds,
      waits: context.waits,
      claimTemplates,
      metrics: metricsOf(settings, mainPort),
      imageOf: context.imageOf,
      container: {
        name,
        image: context.image,
        command: commandOf(settings, context.development),
        args: settings.args,
        variables: context.variables,
        resources: settings.resources,
        writableRoot: context.synced.length > 0 || undefined,
      },
    },
  );
}
