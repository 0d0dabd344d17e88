import { counted, secondsSince } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { Pod, StatefulSet } from './objects.ts';
import { patience } from './patience.ts';
import { podHealth } from './pod.ts';
import { isRejected } from './pod-lifetime.ts';
import { type Health, isProblem, type Surroundings } from './verdict.ts';
import {
  alikeIn,
  beforeSeen,
  cannotCreate,
  changedAt,
  type JudgedPod,
  overdue,
  promoted,
  removed,
  rollingOut,
  scaledToZero,
  unobserved,
  well,
  worstPod,
} from './workload.ts';

/** Judges a StatefulSet by its pods, then by their revisions. `around.pods` are its own. */
export function statefulSetHealth(set: StatefulSet, around: Surroundings): Health {
  const { metadata, spec, status = {} } = set;
  const wanted = spec.replicas ?? 1;
  const run = commands(metadata, around);
  const going = removed(set, around);
  if (going) return going;
  const lag = unobserved(set, around);
  if (wanted === 0) return scaledToZero(metadata, lag, around);
  const judged = (around.pods ?? []).map((pod) => ({ pod, health: replaced(pod, around) ?? podHealth(pod, around) }));
  const problems = judged.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems);
  if (worst) return beforeSeen(brokenPod(set, worst, alikeIn(problems, worst), around), lag);
  if (judged.length < wanted) {
    const refused = cannotCreate(set, around);
    if (refused) return refused;
  }
  if (lag) return lag;
  const { readyReplicas = 0 } = status;
  const old = outdated(set);
  if (readyReplicas >= wanted && old.updated) return { ...well('Ready', judged), ...old.warned };
  const progress = rollingOut(judged, wanted, `${readyReplicas} of ${wanted} pods are ready`);
  const none = around.pods && judged.length === 0 ? (secondsSince(changedAt(metadata), around.now) ?? 0) : 0;
  const since = Math.max(none, ...judged.map(({ pod }) => unreadyFor(pod, around.now)));
  const late = overdue(progress, since, patience.RollingOut);
  return { ...late, advice: late.advice ?? run.kubectl('describe', `statefulset/${metadata.name}`) };
}

/**
 * A pod that has ended, which the controller replaces under the same name: after its node was shut down, say. One
 * that its node refuses would be refused again.
 */
function replaced(pod: Pod, around: Surroundings): Health | undefined {
  const { phase, reason, message, conditions } = pod.status ?? {};
  if ((phase !== 'Failed' && phase !== 'Succeeded') || isRejected(pod)) return undefined;
  const health = podHealth({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: undefined } }, around);
  const ended = conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? pod.status?.startTime;
  const age = secondsSince(ended, around.now) ?? 0;
  const late = age > patience.Replaced;
  return {
    ...health,
    status: late ? 'degraded' : 'progressing',
    reason: reason ?? 'Replaced',
    cause: `${health.cause ?? message ?? 'it has ended'}; it is not replaced yet`,
    terminal: false,
    pod: pod.metadata.name,
  };
}

/** Whether all pods are of the revision that they should be of by themselves, and what to say of those that may keep theirs. */
function outdated({ spec, status = {} }: StatefulSet): {
  readonly updated: boolean;
  readonly warned?: Partial<Health>;
} {
  const { updatedReplicas = 0, currentRevision, updateRevision } = status;
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const wanted = spec.replicas ?? 1;
  if (updateRevision === currentRevision || updatedReplicas >= wanted) return { updated: true };
  const old = wanted - updatedReplicas;
  const told = `${counted(old, 'pod')} of the previous revision`;
  if (type === 'OnDelete')
    return { updated: true, warned: { warning: `${told}: with OnDelete a pod is replaced only when it is deleted` } };
  const partition = Math.min(rollingUpdate?.partition ?? 0, wanted);
  if (partition > 0 && updatedReplicas >= wanted - partition)
    return { updated: true, warned: { warning: `${told}: pods below the partition ${partition} keep it` } };
  return { updated: false };
}

/**
 * A broken pod's verdict. One of another revision than is wanted is not replaced.
 *
 * @see https://github.com/kubernetes/kubernetes/issues/67250
 */
function brokenPod(set: StatefulSet, worst: JudgedPod, alike: number, around: Surroundings): Health {
  const wanted = set.spec.replicas ?? 1;
  const { name, labels } = worst.pod.metadata;
  const revision = labels?.['controller-revision-hash'];
  const { updateRevision } = set.status ?? {};
  if (revision === undefined || updateRevision === undefined || revision === updateRevision)
    return promoted(worst, wanted, alike);
  const health = promoted(worst, wanted, alike, '; it is of an old revision, and a StatefulSet does not replace it');
  return { ...health, advice: commands(set.metadata, around).kubectl('delete pod', name) };
}

function unreadyFor({ metadata, status }: Pod, now: Date): number {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return 0;
  return secondsSince(ready?.lastTransitionTime ?? metadata.creationTimestamp, now) ?? 0;
}
