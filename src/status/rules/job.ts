import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { commands } from './commands.ts';
import { containersOf, titleOf } from './container.ts';
import type { Condition, Job, Pod } from './objects.ts';
import { patience } from './patience.ts';
import { podHealth } from './pod.ts';
import { hasEnded } from './pod-rule.ts';
import { unreadable } from './unreadable.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { cannotCreate, created, type JudgedPod, judgePods, removed, worstPod } from './workload.ts';

/** Kubernetes' words for why a job has failed, said plainly. */
const failures: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: 'used up all its tries',
  DeadlineExceeded: 'took longer than its time limit',
  PodFailurePolicy: 'failed in a way that its policy does not retry',
  FailedIndexes: 'some of its indexes failed',
  MaxFailedIndexesExceeded: 'too many of its indexes failed',
};

/** Tries of a job where it states none. */
const defaultBackoffLimit = 6;

/** Judges a job by its conditions, then by its pods. `around.pods` are its own. */
export function jobHealth(job: Job, around: Surroundings): Health {
  const unread = unreadable('Job', job.metadata, around);
  if (unread) return unread;
  const { status = {}, spec } = job;
  const holds = (type: string) => status.conditions?.find((each) => each.type === type && each.status === 'True');
  if (holds('Complete')) return verdict('healthy', 'Complete');
  const failed = holds('Failed') ?? holds('FailureTarget');
  if (failed) return failedJob(job, failed, around);
  const going = removed(job, around);
  if (going) return going;
  if (spec.suspend || holds('Suspended'))
    return verdict('stopped', 'Suspended', {
      advice: commands(job.metadata, around).kubectl(
        'patch',
        `job/${job.metadata.name}`,
        `-p '{"spec":{"suspend":false}}'`,
      ),
    });
  const judged = judgePods(around.pods, around);
  const problem = worstPod(judged.filter(({ health }) => isProblem(health)));
  if (problem) return problem.health;
  const keptAlive = judged.flatMap((each) => sidecarRunsOn(each, around) ?? [])[0];
  if (keptAlive) return keptAlive;
  if (judged.length === 0) {
    const refused = cannotCreate(job, around);
    if (refused) return refused;
  }
  return retried(job, onItsWay(job, judged, around), around);
}

function onItsWay({ metadata, status = {} }: Job, judged: readonly JudgedPod[], around: Surroundings): Health {
  const busy = worstPod(judged.filter(({ health }) => health.status === 'progressing'))?.health;
  if (busy) return busy;
  if (judged.length > 0) return verdict('progressing', 'Running', { cause: 'running' });
  const done = status.conditions?.find(({ type, status: holds }) => type === 'SuccessCriteriaMet' && holds === 'True');
  if (done || (status.terminating ?? 0) > 0) return leaving({ metadata, ...(done && { done }) }, around);
  const tried = (around.pods ?? []).length > 0 || (status.failed ?? 0) > 0;
  const ends = (around.pods ?? []).flatMap((pod) => Date.parse(endOf(pod) ?? '') || []);
  const since = ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : metadata.creationTimestamp;
  const age = secondsSince(since, around.now) ?? 0;
  const late = age > (tried ? patience.NextTry : patience.JobPending);
  const waits = tried ? 'waiting for its next try' : 'waiting for its pod';
  return verdict(late ? 'degraded' : 'progressing', 'Pending', {
    cause: late ? `${waits} for ${span(age)}` : waits,
    advice: late ? commands(metadata, around).kubectl('describe', `job/${metadata.name}`) : undefined,
  });
}

/** That the pods of a job have yet to go: of one whose work is done, or before its next try. */
function leaving({ metadata, done }: { metadata: Job['metadata']; done?: Condition }, around: Surroundings): Health {
  const age = secondsSince(done?.lastTransitionTime, around.now) ?? 0;
  const late = age > patience.Terminating;
  return verdict(late ? 'degraded' : 'progressing', 'Terminating', {
    cause: `${done ? 'its work is done' : 'its last try has ended'}; its pods have yet to go${late ? ` for ${span(age)}` : ''}`,
    advice: late ? commands(metadata, around).kubectl('describe', `job/${metadata.name}`) : undefined,
  });
}

const endOf = ({ status, metadata }: Pod): string | undefined =>
  status?.containerStatuses
    ?.map(({ state }) => state?.terminated?.finishedAt ?? '')
    .sort()
    .at(-1) || metadata.creationTimestamp;

/** What is on its way after tries that failed. */
function retried({ spec, status = {} }: Job, progress: Health, around: Surroundings): Health {
  const last = lastFailure(around);
  const count = status.failed ?? 0;
  if (count === 0 || !last) return progress;
  const tries = (spec.backoffLimit ?? defaultBackoffLimit) + 1;
  return {
    ...progress,
    reason: 'Retrying',
    cause: `${progress.cause}; ${count} of ${tries} tries failed, the last one: ${last.cause}`,
    advice: last.advice,
    pod: progress.pod ?? last.pod,
  };
}

/** That a job's own container has ended well, and one beside it keeps the pod from being done. */
function sidecarRunsOn({ pod }: JudgedPod, around: Surroundings): Health | undefined {
  const own = containersOf(pod).filter(({ init, sidecar }) => !init && !sidecar);
  const running = own.filter(({ status }) => status.state?.running);
  const [first] = own;
  const end = first?.status.state?.terminated;
  if (!first || end?.exitCode !== 0 || running.length === 0) return undefined;
  const ago = secondsSince(end.finishedAt, around.now) ?? 0;
  const others = running.map(titleOf).join(', ');
  const late = ago > patience.SidecarRunsOn;
  return verdict(late ? 'degraded' : 'progressing', 'SidecarRunsOn', {
    cause: `${titleOf(first)} ended with 0 ${span(ago)} ago; ${others} keeps the pod running, and so the job`,
    advice: commands(pod.metadata, around).kubectl('logs', pod.metadata.name, '-c', running[0]?.name ?? ''),
    pod: pod.metadata.name,
  });
}

function failedJob({ metadata }: Job, { reason = 'Failed', message }: Condition, around: Surroundings): Health {
  const last = lastFailure(around);
  const why = Object.hasOwn(failures, reason) ? failures[reason] : oneLine(message ?? reason);
  // Its pods may be gone; which container ended how is in the message then.
  const told = last?.cause ?? (reason === 'PodFailurePolicy' && message ? oneLine(message) : undefined);
  return verdict('failed', reason, {
    cause: `${why}${told ? `: ${told}` : ''}`,
    advice: last?.advice ?? commands(metadata, around).kubectl('describe', `job/${metadata.name}`),
    terminal: true,
    waitingFor: last?.waitingFor,
    pod: last?.pod,
  });
}

/** How the last try that failed did so. */
function lastFailure(around: Surroundings): Health | undefined {
  const [pod] = (around.pods ?? [])
    .filter((each) => hasEnded(each) && each.status?.phase === 'Failed')
    .toSorted((a, b) => created(b) - created(a));
  if (!pod) return undefined;
  // Its end tells more than that it is being removed.
  return podHealth({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: undefined } }, around);
}
