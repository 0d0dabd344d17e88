import { counted, oneLine, secondsSince, span } from '../../platform/text.ts';
import { lastEnd, type ObservedContainer, titleOf } from './container.ts';
import { crashesAllowed } from './container-waiting.ts';
import { errorLine } from './error-line.ts';
import { isAboutContainer, isBefore, isSince, probeFailure } from './events.ts';
import type { Ended } from './objects.ts';
import { anyContainer, hasEnded, logsOf, type PodFacts, type PodRule } from './pod-rule.ts';
import { startError } from './start-error.ts';
import { type Health, verdict } from './verdict.ts';
import { waitingFor } from './waiting-for.ts';

/** How long what ended a container stays worth telling, in seconds. */
export const recentSeconds = 15 * 60;

/** Row 18: what an exit code means that a process did not choose. */
const exitMeanings: Readonly<Record<number, string>> = {
  126: 'not executable',
  127: 'program not found',
  128: 'its program could not be started',
  130: 'SIGINT',
  132: 'illegal instruction: built for another processor?',
  134: 'aborted',
  135: 'bus error',
  136: 'arithmetic error',
  137: 'SIGKILL',
  139: 'segmentation fault',
  143: 'SIGTERM',
  159: 'a forbidden system call',
};

/** Exit codes that the same command always ends with. */
const hopelessCodes: readonly number[] = [126, 127];

/** Row 17. It comes before row 16, since it says why. */
export const outOfMemory: PodRule = anyContainer((container, { pod, run, around }) => {
  const end = lastEnd(container);
  // A child of its process may be killed while the process itself ends well.
  if (end?.reason !== 'OOMKilled' || end.exitCode === 0) return undefined;
  const ago = secondsSince(end.finishedAt, around.now);
  // What has run since for long has another trouble, if any.
  const runs = container.status.ready || container.status.state?.running;
  if (runs && (ago ?? 0) > recentSeconds) return undefined;
  const limit = container.spec.resources?.limits?.memory;
  const restarts = container.status.restartCount ?? 0;
  return verdict(pod.status?.phase === 'Failed' ? 'failed' : 'degraded', 'OOMKilled', {
    cause: `${titleOf(container)} used more memory than ${limit ? `its limit of ${limit}` : 'the node had'}${history(restarts, ago)}; raise its limit`,
    advice: run.infra('start') ?? run.kubectl('describe pod', pod.metadata.name),
    terminal: hasEnded(pod) || restarts >= crashesAllowed,
  });
});

/** After how long a run the kubelet forgets the crashes before it, in seconds. */
const backOffReset = 600;

/** What a run must last at least, in seconds, and how many times as long as the one before, until it counts as another one. */
const provenSeconds = 30;
const provenTimes = 3;

/**
 * Row 16, at a moment when it happens to run: one that crashed over and over is still in its loop until it has run for much
 * longer than the last time, or for so long that its back-off is forgotten.
 */
export const looping: PodRule = anyContainer((container, facts) => {
  const { restartCount = 0, state, lastState } = container.status;
  const end = lastState?.terminated;
  const runs = secondsSince(state?.running?.startedAt, facts.around.now);
  if (runs === undefined || !end || restartCount < loopCrashes || isNodeRestart(end)) return undefined;
  const lasted = lengthOf(end);
  const proven = Math.min(backOffReset, Math.max(provenSeconds, lasted * provenTimes));
  if (lasted >= backOffReset || runs >= proven) return undefined;
  const length = end.startedAt ? `, after ${span(lasted)}` : '';
  const { waitingFor: awaited, ...health } = crash(container, facts, 'CrashLoopBackOff');
  if (awaited !== undefined) return undefined;
  return { ...health, cause: `${health.cause}${length}; it has been running again for ${span(runs)}`, terminal: false };
});

/** Crashes after which something that runs is not believed: one more than a stack may have while it starts. */
const loopCrashes = crashesAllowed + 1;

/** How long a container ran, in seconds; 0 if that isn't known. */
export const lengthOf = ({ startedAt, finishedAt }: Ended): number => {
  const length = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  return Number.isFinite(length) ? Math.max(0, length) : 0;
};

/** Whether a container ended because its node or the node's container runtime was started again. */
export const isNodeRestart = ({ exitCode, reason }: Ended): boolean =>
  exitCode === 255 && (reason === 'Unknown' || reason === 'ContainerStatusUnknown');

/** Row 16, and the moment between a crash and the next start. */
export const crashed: PodRule = anyContainer((container, facts) => {
  const { waiting, terminated } = container.status.state ?? {};
  if (waiting?.reason === 'CrashLoopBackOff') return crash(container, facts, waiting.reason);
  if (!terminated || hasEnded(facts.pod)) return undefined;
  if (isNodeRestart(terminated))
    return verdict('progressing', 'NodeRestarted', {
      cause: `${titleOf(container)} ended when its node restarted, and is about to start`,
      advice: facts.run.kubectl('describe pod', facts.pod.metadata.name),
    });
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
          cause: 'exited although it should keep running',
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
export function endText(container: ObservedContainer, end: Ended, facts: PodFacts): string {
  const { around } = facts;
  const title = titleOf(container);
  const awaited = waitingFor(container, around);
  const said = errorLine(end.message);
  if (awaited !== undefined && end.exitCode === 1)
    return `${title} gave up waiting for ${awaited}${said ? `: ${said}` : ''}`;
  const notStarted = neverStarted(end);
  if (notStarted) return `${title} can't start: ${notStarted.text}`;
  if (notExecuted.test(said ?? '')) return `${title} can't start: ${startError(said ?? '').text}`;
  if (isLost(end)) return `what became of ${title} is not known${said ? `: ${said}` : ''}`;
  if (isNodeRestart(end)) return `${title} ended when its node restarted (exit 255)`;
  const killed = killer(end, container, facts);
  return `${title} ${exitText(end)}${killed ? ` because ${killed}` : ''}${said ? `: ${said}` : ''}`;
}

/** `exited with 137 (SIGKILL)`, and that it had no memory left. */
export function exitText({ exitCode, reason }: Ended): string {
  const meaning = reason === 'OOMKilled' ? reason : exitMeanings[exitCode];
  return `exited with ${exitCode}${meaning ? ` (${meaning})` : ''}`;
}

/** What the runtime said of a process that it could not start at all. */
const neverStarted = (end: Ended) =>
  end.reason === 'StartError' || end.reason === 'ContainerCannotRun' ? startError(end.message ?? '') : undefined;

/** What a program says that was to be run in place of another, and could not be. */
const notExecuted = /exec format error|^exec \S+: (?:no such file or directory|permission denied)$/i;

/** Whether the kubelet has lost sight of a container: its code is none that the program ended with. */
const isLost = ({ exitCode, reason }: Ended): boolean => exitCode === 137 && reason === 'ContainerStatusUnknown';

/** How long after its cause an end comes, in seconds: the container gets time to go. */
const graceSeconds = 60;

/** How late an event may be told again, in seconds: the kubelet tells what goes on and on once in five minutes. */
const toldAgainSeconds = 330;

/** Exit codes of what was told to end: programs that end well when they are told to end with 0. */
const endedFromOutside: readonly number[] = [0, 137, 143];

/** Why a container was killed: what was told while it ran, and not long before or after. */
function killer(end: Ended, container: ObservedContainer, facts: PodFacts): string | undefined {
  if (!endedFromOutside.includes(end.exitCode)) return undefined;
  const shortage = end.exitCode === 137 ? nodeShortage(end, facts) : undefined;
  return byKubelet(end, container, facts) ?? (shortage && `its node had no memory left (${oneLine(shortage)})`);
}

/** What the kubelet said of its node's memory when a container was killed: the kernel chose a process of it. */
function nodeShortage({ finishedAt }: Ended, { pod, around }: PodFacts): string | undefined {
  const told = around.events?.findLast(
    (event) =>
      event.reason === 'SystemOOM' &&
      event.involvedObject.name === pod.spec.nodeName &&
      finishedAt != null &&
      isSince(event, finishedAt, graceSeconds) &&
      isBefore(event, finishedAt, graceSeconds),
  );
  return told?.message;
}

/** Whether a container ended before its startup probe can have failed as often as it may: nothing ends it before. */
function isBelowThreshold(end: Ended, { spec: { startupProbe = {} } }: ObservedContainer): boolean {
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = startupProbe;
  const allowed = initialDelaySeconds + periodSeconds * (failureThreshold - 1);
  // The kubelet's times are whole seconds.
  return lengthOf(end) > 0 && lengthOf(end) < allowed - 1;
}

function byKubelet(end: Ended, container: ObservedContainer, { events }: PodFacts): string | undefined {
  const event = events.findLast((each) => {
    const { reason, message = '', count = 1 } = each;
    if (reason !== 'FailedPostStartHook' && !(reason === 'Unhealthy' && /^(?:Liveness|Startup) probe/.test(message)))
      return false;
    if (!isAboutContainer(each, container.name)) return false;
    if (message.startsWith('Startup') && isBelowThreshold(end, container)) return false;
    const begun = end.startedAt ?? (end.finishedAt && new Date(Date.parse(end.finishedAt) - 600_000).toISOString());
    return isSince(each, begun, count > 1 ? toldAgainSeconds : 5) && isBefore(each, end.finishedAt, graceSeconds);
  });
  if (!event) return undefined;
  if (event.reason === 'FailedPostStartHook') return 'its postStart hook failed';
  const { probe, answer } = probeFailure(event);
  return `its ${probe.toLowerCase()} probe failed${answer ? ` (${oneLine(answer)})` : ''}`;
}

/** What tells more of a container's end: what it wrote, or the events if it never ran. */
export function endAdvice(container: ObservedContainer, facts: PodFacts): string {
  const end = lastEnd(container);
  if (end && (neverStarted(end) || isLost(end))) return facts.run.kubectl('describe pod', facts.pod.metadata.name);
  const node = facts.pod.spec.nodeName;
  const starved = node !== undefined && end?.exitCode === 137 && nodeShortage(end, facts) !== undefined;
  if (starved && byKubelet(end, container, facts) === undefined) return facts.run.clusterKubectl('describe node', node);
  // The end of the current container is in its own log; that of the one before it in the previous.
  const previous = container.status.state?.terminated === undefined;
  return logsOf(container, facts, previous);
}

const history = (restarts: number, ago: number | undefined): string => {
  const parts = [restarts > 0 && counted(restarts, 'restart'), ago !== undefined && `${span(ago)} ago`].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', the last ')})` : '';
};
