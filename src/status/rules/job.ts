import { commands } from './commands.ts';
import type { Condition, Job, Pod } from './objects.ts';
import { podHealth } from './pod.ts';
import { hasEnded } from './pod-rule.ts';
import { oneLine } from './text.ts';
import { type Health, isProblem, type Surroundings, verdict } from './verdict.ts';
import { cannotCreate, inTransit, judgePods, worstPod } from './workload.ts';

/** Kubernetes' words for why a job has failed, said plainly. */
const failures: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: 'failed as often as it may be tried',
  DeadlineExceeded: 'took longer than its time limit',
};

/** Tries of a job where it states none. */
const defaultBackoffLimit = 6;

export function jobHealth(job: Job, around: Surroundings): Health {
  const { status = {}, spec } = job;
  const holds = (type: string) => status.conditions?.find((each) => each.type === type && each.status === 'True');
  if (holds('Complete')) return verdict('healthy', 'Complete');
  const failed = holds('Failed') ?? holds('FailureTarget');
  if (failed) return failedJob(job, failed, around);
  const transit = inTransit(job, around);
  if (transit) return transit;
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
  if (judged.length === 0) {
    const refused = cannotCreate(job, around);
    if (refused) return refused;
  }
  const progress =
    worstPod(judged.filter(({ health }) => health.status === 'progressing'))?.health ??
    (judged.length > 0
      ? verdict('progressing', 'Running', { cause: 'running' })
      : verdict('progressing', 'Pending', { cause: 'waiting for its next try' }));
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

function failedJob({ metadata }: Job, { reason = 'Failed', message }: Condition, around: Surroundings): Health {
  const last = lastFailure(around);
  const why = Object.hasOwn(failures, reason) ? failures[reason] : oneLine(message ?? reason);
  return verdict('failed', reason, {
    cause: `${why}${last?.cause ? `: ${last.cause}` : ''}`,
    advice: last?.advice ?? commands(metadata, around).kubectl('describe', `job/${metadata.name}`),
    terminal: true,
    waitingFor: last?.waitingFor,
    pod: last?.pod,
  });
}

/** How the last try that failed did so. */
function lastFailure(around: Surroundings): Health | undefined {
  const created = ({ metadata }: Pod) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  const [pod] = (around.pods ?? [])
    .filter((each) => hasEnded(each) && each.status?.phase === 'Failed')
    .toSorted((a, b) => created(b) - created(a));
  if (!pod) return undefined;
  // Its end tells more than that it is being removed.
  return podHealth({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: undefined } }, around);
}
