import { oneLine, secondsSince, span } from '../../platform/text.ts';
import type { Condition } from './objects.ts';
import type { PodFacts } from './pod-rule.ts';
import type { Health } from './verdict.ts';

type Warning = Pick<Health, 'warning' | 'advice'>;

/** What is to be known of a pod that is ready: its claim goes, or something was asked of it that was not done. */
export function readyWarning(facts: PodFacts): Warning | undefined {
  return claimWarning(facts) ?? resizeWarning(facts);
}

/** Conditions of a claim that is to be larger, and is not yet. */
const unenlarged: Readonly<Record<string, string>> = {
  ControllerResizeError: "can't be enlarged",
  NodeResizeError: "can't be enlarged on its node",
  FileSystemResizePending: 'has yet to be enlarged on its node',
  ModifyVolumeError: "can't be changed to another class of attributes",
};

function claimWarning({ pod, run, around }: PodFacts): Warning | undefined {
  const names = (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  const claims = around.claims?.filter(
    ({ metadata }) => metadata.namespace === pod.metadata.namespace && names.includes(metadata.name),
  );
  for (const { metadata, status } of claims ?? []) {
    const { name, deletionTimestamp } = metadata;
    const advice = run.kubectl('describe pvc', name);
    // It and its data go when the pod is replaced, which then can't start.
    if (deletionTimestamp !== undefined)
      return {
        warning: `its claim ${name} is being deleted: the data goes with this pod, and the next one can't start`,
        advice,
      };
    const condition = status?.conditions?.find((each) => each.status === 'True' && each.type in unenlarged);
    if (condition)
      return { warning: `its claim ${name} ${unenlarged[condition.type]}${toldOf(condition, around.now)}`, advice };
  }
  return undefined;
}

/** Other CPU or memory that the pod was to get without a restart. */
function resizeWarning({ pod, run, around }: PodFacts): Warning | undefined {
  const pending = pod.status?.conditions?.find(({ type, status }) => type === 'PodResizePending' && status === 'True');
  if (!pending) return undefined;
  const what =
    pending.reason === 'Infeasible' ? "its new CPU and memory can't be given" : 'waits for its new CPU and memory';
  return { warning: `${what}${toldOf(pending, around.now)}`, advice: run.kubectl('describe pod', pod.metadata.name) };
}

function toldOf({ message, lastTransitionTime }: Condition, now: Date): string {
  const since = secondsSince(lastTransitionTime, now);
  return `${since === undefined ? '' : ` (for ${span(since)})`}${message ? `: ${oneLine(message)}` : ''}`;
}
