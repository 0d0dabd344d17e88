import { secondsSince } from '../../platform/text.ts';
import { commands } from './commands.ts';
import type { Deployment } from './objects.ts';
import { patience } from './patience.ts';
import { isLeftBehind } from './pod-lifetime.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import {
  alikeIn,
  changedAt,
  created,
  explained,
  type JudgedPod,
  judgePods,
  overdue,
  podsRefused,
  promoted,
  rejected,
  removed,
  rollingOut,
  scaledToZero,
  unobserved,
  well,
  worstPod,
} from './workload.ts';

/** Judges a Deployment by its newest pods, then by how far its rollout is. `around.pods` are its own. */
export function deploymentHealth(deployment: Deployment, around: Surroundings): Health {
  const { metadata, spec, status = {} } = deployment;
  const { replicas: wanted = 1, paused = false } = spec;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const run = commands(metadata, around);
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  const going = removed(deployment, around);
  if (going) return going;
  const lag = unobserved(deployment, around);
  if (wanted === 0) return scaledToZero(metadata, lag, around);
  const beside = lag?.cause ?? (paused ? 'its rollout is paused' : undefined);
  const judged = judgePods(around.pods, around);
  const current = newest(judged);
  const old = judged.filter((each) => !current.includes(each));
  const problems = current.filter(({ health }) => isProblem(health));
  const worst = worstPod(problems) ?? worstPod(old.filter(({ health }) => isProblem(health)));
  const complete = availableReplicas >= wanted && current.length >= wanted;
  // What ran on a node that has gone can't be taken away, and is not missed.
  if (worst && complete && isLeftBehind(worst.pod, around))
    return verdict('healthy', 'Available', {
      warning: `pod ${worst.pod.metadata.name} ${worst.health.cause}`,
      advice: worst.health.advice,
      pod: worst.pod.metadata.name,
    });
  if (worst) {
    const serving = current.includes(worst) && old.some(({ health }) => health.status === 'healthy');
    const alike = alikeIn(problems, worst);
    const health = explained(
      promoted(worst, wanted, alike, serving ? '; the previous version still runs' : ''),
      beside,
    );
    // What a version can't do that is being replaced says nothing of the one that replaces it.
    const replaced = lag !== undefined || !current.includes(worst) || status.updatedReplicas === 0;
    return replaced ? { ...health, terminal: false } : health;
  }
  const done = updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas;
  const refused = condition('ReplicaFailure');
  if (refused?.status === 'True' && !(done && judged.length >= wanted))
    return podsRefused(metadata, refused.message ?? '', around);
  const turnedAway = availableReplicas < wanted ? rejected(judged, around) : undefined;
  if (turnedAway) return explained(turnedAway, beside);
  if (lag) return lag;
  if (paused)
    return verdict('stopped', 'Paused', {
      cause: 'its rollout is paused',
      advice: run.kubectl('rollout resume', `deployment/${metadata.name}`),
    });
  if (done) return well('Available', judged);
  const progress = rollingOut(current, wanted, `${availableReplicas} of ${wanted} pods are available`);
  const advice = progress.advice ?? run.kubectl('describe', `deployment/${metadata.name}`);
  if (condition('Progressing')?.reason === 'ProgressDeadlineExceeded')
    return {
      ...progress,
      status: 'degraded',
      reason: 'ProgressDeadlineExceeded',
      cause: `no progress within its deadline: ${progress.cause}`,
      advice,
    };
  // Its controller keeps the deadline, if there is one that works.
  const waited = around.pods && judged.length === 0 ? secondsSince(changedAt(metadata), around.now) : undefined;
  const counted = overdue(
    progress,
    uncounted(judged, wanted, around.now),
    patience.RollingOut,
    'ready but not counted',
  );
  const late = overdue(counted, waited, patience.RollingOut, 'no pod');
  return late === progress ? progress : { ...late, advice };
}

/** For how many seconds all pods have been ready that there should be, while their controller does not count them. */
function uncounted(judged: readonly JudgedPod[], wanted: number, now: Date): number | undefined {
  if (judged.length < wanted || judged.some(({ health }) => health.status !== 'healthy')) return undefined;
  const readies = judged.map(({ pod }) => pod.status?.conditions?.find(({ type }) => type === 'Ready'));
  return Math.min(...readies.map((ready) => secondsSince(ready?.lastTransitionTime, now) ?? 0));
}

/** The pods of the version that is being rolled out: of the one that the latest pod is of. */
function newest(judged: readonly JudgedPod[]): readonly JudgedPod[] {
  const version = ({ pod }: JudgedPod) => pod.metadata.labels?.['pod-template-hash'];
  const staying = judged.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined);
  const [latest] = staying.toSorted((a, b) => created(b.pod) - created(a.pod));
  return staying.filter((each) => latest !== undefined && version(each) === version(latest));
}
