import { lastEnd, type ObservedContainer, titleOf } from './container.ts';
import { crashesAllowed } from './container-waiting.ts';
import type { Ended } from './objects.ts';
import { anyContainer, hasEnded, logsOf, type PodFacts, type PodRule } from './pod-rule.ts';
import { startError } from './start-error.ts';
import { counted, lastLine, oneLine, secondsSince, span } from './text.ts';
import { type Health, verdict } from './verdict.ts';
import { waitingFor } from './waiting-for.ts';

/** How long what ended a container stays worth telling, in seconds. */
export const recentSeconds = 15 * 60;

/** Row 18: what an exit code means that a process did not choose. */
const exitMeanings: Readonly<Record<number, string>> = {
  126: 'not executable',
  127: 'program not found',
  134: 'aborted',
  137: 'SIGKILL',
  139: 'segmentation fault',
  143: 'SIGTERM',
};

/** Exit codes that the same command always ends with. */
const hopelessCodes: readonly number[] = [126, 127];

/** Row 17. It comes before row 16, since it says why. */
export const outOfMemory: PodRule = anyContainer((container, { pod, run, around }) => {
  const end = lastEnd(container);
  if (end?.reason !== 'OOMKilled') return undefined;
  const ago = secondsSince(end.finishedAt, around.now);
  if (container.status.ready && (ago ?? 0) > recentSeconds) return undefined;
  const limit = container.spec.resources?.limits?.memory;
  const restarts = container.status.restartCount ?? 0;
  return verdict(pod.status?.phase === 'Failed' ? 'failed' : 'degraded', 'OOMKilled', {
    cause: `${titleOf(container)} used more memory than ${limit ? `its limit of ${limit}` : 'the node had'}${history(restarts, ago)}; raise its limit`,
    advice: run.infra('start') ?? run.kubectl('describe pod', pod.metadata.name),
    terminal: hasEnded(pod) || restarts >= crashesAllowed,
  });
});

/** Row 16, and the moment between a crash and the next start. */
export const crashed: PodRule = anyContainer((container, facts) => {
  const { waiting, terminated } = container.status.state ?? {};
  if (waiting?.reason === 'CrashLoopBackOff') return crash(container, facts, waiting.reason);
  if (!terminated || hasEnded(facts.pod)) return undefined;
  const mayEnd = container.init || ['Never', 'OnFailure'].includes(facts.pod.spec.restartPolicy ?? '');
  if (terminated.exitCode === 0 && mayEnd) return undefined;
  // Between two tries it is in the same loop as while it waits for the next one.
  const loops = (container.status.restartCount ?? 0) > 0;
  return crash(container, facts, loops ? 'CrashLoopBackOff' : (terminated.reason ?? 'Error'));
});

function crash(container: ObservedContainer, facts: PodFacts, reason: string): Health {
  const restarts = container.status.restartCount ?? 0;
  const end = lastEnd(container);
  const told = end && endText(container, end, facts);
  const awaited = waitingFor(container, facts.around);
  const never = end !== undefined && (hopelessCodes.includes(end.exitCode) || neverStarted(end)?.hopeless === true);
  return verdict('degraded', reason, {
    cause: `${told ?? `${titleOf(container)} keeps ending`}${history(restarts, end && secondsSince(end.finishedAt, facts.around.now))}`,
    advice: endAdvice(container, facts),
    // What it waits for has a verdict of its own.
    terminal: awaited === undefined && (never || restarts >= crashesAllowed),
    waitingFor: awaited,
  });
}

/** Row 24, of a pod that failed or has done its work. */
export const ended: PodRule = (facts) => {
  const { pod, containers, run } = facts;
  const { phase, reason, message } = pod.status ?? {};
  if (phase === 'Succeeded') {
    const mayEnd = ['Never', 'OnFailure'].includes(pod.spec.restartPolicy ?? '');
    return mayEnd
      ? verdict('healthy', 'Completed')
      : verdict('degraded', 'Completed', {
          cause: 'has ended though it should keep running',
          advice: run.kubectl('describe pod', pod.metadata.name),
          terminal: true,
        });
  }
  if (phase !== 'Failed') return undefined;
  const culprit = containers.find((container) => (lastEnd(container)?.exitCode ?? 0) !== 0);
  const end = culprit && lastEnd(culprit);
  const told = culprit && end && endText(culprit, end, facts);
  return verdict('failed', reason ?? end?.reason ?? 'Failed', {
    cause: [message && oneLine(message), told].filter(Boolean).join('; ') || 'failed',
    advice: culprit ? endAdvice(culprit, facts) : run.kubectl('describe pod', pod.metadata.name),
    terminal: true,
    waitingFor: culprit && waitingFor(culprit, facts.around),
  });
};

/** Why a container ended: its name, its exit code and what that means, and the last that it said. */
export function endText(container: ObservedContainer, end: Ended, { around, events }: PodFacts): string {
  const title = titleOf(container);
  const awaited = waitingFor(container, around);
  const said = lastLine(end.message);
  if (awaited !== undefined && end.exitCode === 1)
    return `${title} gave up waiting for ${awaited}${said ? `: ${said}` : ''}`;
  const notStarted = neverStarted(end);
  if (notStarted) return `${title} can't start: ${notStarted.text}`;
  if (/exec format error/i.test(end.message ?? '')) return `${title} can't start: ${startError(said ?? '').text}`;
  const meaning = exitMeanings[end.exitCode];
  const killed = end.exitCode === 137 || end.exitCode === 143 ? killer(events) : undefined;
  const code = `exited with ${end.exitCode}${meaning ? ` (${meaning})` : ''}`;
  return `${title} ${code}${killed ? ` because ${killed}` : ''}${said ? `: ${said}` : ''}`;
}

/** What the runtime said of a process that it could not start at all. */
const neverStarted = (end: Ended) =>
  end.reason === 'StartError' || end.reason === 'ContainerCannotRun' ? startError(end.message ?? '') : undefined;

/** Why the kubelet killed a container. */
function killer(events: PodFacts['events']): string | undefined {
  const event = events.findLast(
    ({ reason, message = '' }) =>
      reason === 'FailedPostStartHook' || (reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message)),
  );
  if (!event) return undefined;
  if (event.reason === 'FailedPostStartHook') return 'its postStart hook failed';
  const [, probe = '', answer = ''] = /^(\w+) probe failed:?\s*(.*)/s.exec(event.message ?? '') ?? [];
  return `its ${probe.toLowerCase()} probe failed${answer ? ` (${oneLine(answer)})` : ''}`;
}

/** What tells more of a container's end: what it wrote, or the events if it never ran. */
export function endAdvice(container: ObservedContainer, facts: PodFacts): string {
  const end = lastEnd(container);
  if (end && neverStarted(end)) return facts.run.kubectl('describe pod', facts.pod.metadata.name);
  // The end of the current container is in its own log; that of the one before it in the previous.
  const previous = container.status.state?.terminated === undefined;
  return logsOf(container, facts, previous);
}

const history = (restarts: number, ago: number | undefined): string => {
  const parts = [restarts > 0 && counted(restarts, 'restart'), ago !== undefined && `${span(ago)} ago`].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', the last ')})` : '';
};
