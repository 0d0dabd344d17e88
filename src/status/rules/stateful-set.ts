import { commands } from './commands.ts';
import type { Pod, StatefulSet } from './objects.ts';
import { podHealth } from './pod.ts';
import { secondsSince, span } from './text.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { cannotCreate, inTransit, type JudgedPod, promoted, rollingOut, well, worstPod } from './workload.ts';

/** How long a pod may take to become ready, in seconds: a StatefulSet has no deadline of its own. */
const deadlineSeconds = 600;

export function statefulSetHealth(set: StatefulSet, around: Surroundings): Health {
  const { metadata, spec, status = {} } = set;
  const wanted = spec.replicas ?? 1;
  const run = commands(metadata, around);
  const transit = inTransit(set, around);
  if (transit) return transit;
  if (wanted === 0) return verdict('stopped', 'ScaledToZero', { advice: run.infra('start') });
  const judged = (around.pods ?? []).map((pod) => ({ pod, health: podHealth(pod, around) }));
  const problems = judged.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems);
  if (worst) return brokenPod(set, worst, problems.length, around);
  if (judged.length < wanted) {
    const refused = cannotCreate(set, around);
    if (refused) return refused;
  }
  const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status;
  const updated = updateRevision === currentRevision || updatedReplicas >= wanted;
  if (readyReplicas >= wanted && updated) return well('Ready', judged);
  const progress = rollingOut(judged, wanted, `${readyReplicas} of ${wanted} pods are ready`);
  const waited = Math.max(0, ...judged.map(({ pod }) => unreadyFor(pod, around.now)));
  if (waited <= deadlineSeconds) return progress;
  return {
    ...progress,
    status: 'degraded',
    reason: 'ProgressDeadlineExceeded',
    cause: `not ready for ${span(waited)}: ${progress.cause}`,
    advice: progress.advice ?? run.kubectl('describe', `statefulset/${metadata.name}`),
  };
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
