import { counted, oneLine, secondsSince, span } from '../../platform/text.ts';
import { type ObservedContainer, titleOf } from './container.ts';
import { endText, isNodeRestart, lengthOf, recentSeconds } from './container-ended.ts';
import { firstSeen, isAboutContainer, probeFailure } from './events.ts';
import type { Event, Probe } from './objects.ts';
import { patience } from './patience.ts';
import { logsOf, type PodFacts, type PodRule } from './pod-rule.ts';
import { readyWarning } from './ready-warnings.ts';
import { type Health, verdict } from './verdict.ts';

/** How long a probe may fail before it counts, in seconds, with Kubernetes' defaults. */
const budgetOf = (probe: Probe | undefined): number =>
  probe
    ? (probe.initialDelaySeconds ?? 0) +
      (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3) +
      (probe.timeoutSeconds ?? 1)
    : 0;

/** The kubelet reports a little later than it probes. */
const slackSeconds = 5;

/**
 * How long a container that was ready may be unready, in seconds: its probe has failed as often as it may before the kubelet
 * says so, but one that has just started itself says so of every container, until it has asked each.
 */
const lostSeconds = 10;

/** Rows 21 and 22: a container runs and is not ready. */
export const notReady: PodRule = (facts) => {
  const container = facts.containers.find(({ init, status }) => !init && status.state?.running && !status.ready);
  if (container && isStartingUp(container)) return notStarted(container, facts);
  if (!container) return gateClosed(facts);
  const { spec, status } = container;
  const probe = spec.readinessProbe;
  const failure = failedProbe(facts, container, 'Readiness');
  const unready = unreadyFor(facts, container);
  const end = status.lastState?.terminated;
  const restarts = counted(status.restartCount ?? 0, 'restart');
  const ago = secondsSince(end?.finishedAt, facts.around.now);
  // How it ended days ago has nothing to do with how it is now.
  const before = end && (ago ?? 0) <= recentSeconds ? ` (${restarts}; ${endText(container, end, facts)})` : '';
  const advice = logsOf(container, facts, false);
  if (!isPastBudget(facts, container, unready))
    return verdict('progressing', 'NotReady', {
      cause: `${titleOf(container)}: waiting for readiness for ${span(unready)}${before}`,
      advice,
    });
  return verdict('degraded', 'Unhealthy', {
    cause: `${titleOf(container)} has not been ready for ${span(unready)}: ${failsText(probe, failure)}${before}`,
    advice,
  });
};

/** Rows 21 and 22, of a container that has not passed its startup probe: no other probe is asked until then. */
export function notStarted(container: ObservedContainer, facts: PodFacts): Health {
  const { startupProbe } = container.spec;
  const failure = failedProbe(facts, container, 'Startup');
  const runs = secondsSince(container.status.state?.running?.startedAt, facts.around.now) ?? 0;
  const late = runs > budgetOf(startupProbe) + slackSeconds;
  const title = titleOf(container);
  const waits =
    startupProbe && failure
      ? `${title} has not passed its startup probe for ${span(runs)}: ${failsText(startupProbe, failure)}`
      : `${title}: waiting for it to start for ${span(runs)}`;
  return verdict(late ? 'degraded' : 'progressing', late ? 'Unhealthy' : 'Starting', {
    cause: late ? `${title} has not been ready for ${span(runs)}: ${failsText(startupProbe, failure)}` : waits,
    advice: logsOf(container, facts, false),
  });
}

function failsText(probe: Probe | undefined, failure: Event | undefined): string {
  const answer = failure === undefined ? '' : probeFailure(failure).answer;
  return `${probe ? probeText(probe) : 'it'} fails${answer ? `: ${oneLine(answer)}` : ''}`;
}

/** Whether it has yet to pass its startup probe; until then no other probe is asked. */
const isStartingUp = ({ spec, status }: ObservedContainer): boolean =>
  status.started === false && spec.startupProbe !== undefined;

/**
 * Whether a container has been unready for longer than its probes may fail.
 *
 * @param unready seconds since when it is not ready
 */
function isPastBudget(facts: PodFacts, container: ObservedContainer, unready: number): boolean {
  const { startupProbe, readinessProbe } = container.spec;
  const runs = runningFor(facts, container);
  if (unready < runs) return unready > lostSeconds;
  // Readiness is only probed once it has started: its failures count from the first of them. Each is an event of its own
  // where it says another age or time.
  const failures = failedProbes(facts, container, 'Readiness').map(
    (event) => secondsSince(firstSeen(event), facts.around.now) ?? 0,
  );
  const ofThisRun = failures.filter((seconds) => seconds <= runs);
  const failing = Math.min(unready, ofThisRun.length > 0 ? Math.max(...ofThisRun) : (failures.at(-1) ?? 0));
  const allowed = budgetOf(readinessProbe) + slackSeconds;
  return failing > allowed || unready > allowed + budgetOf(startupProbe);
}

const runningFor = ({ around }: PodFacts, { status }: ObservedContainer): number =>
  secondsSince(status.state?.running?.startedAt, around.now) ?? 0;

/** Since when it is not ready, in seconds: since it runs, or since the pod was ready last. */
function unreadyFor(facts: PodFacts, container: ObservedContainer): number {
  const { pod, around } = facts;
  const running = runningFor(facts, container);
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const unready = ready?.status === 'False' ? secondsSince(ready.lastTransitionTime, around.now) : undefined;
  return Math.min(running, unready ?? running);
}

const failedProbes = ({ events }: PodFacts, { name }: ObservedContainer, probe: 'Startup' | 'Readiness') =>
  events.filter(
    (event) =>
      event.reason === 'Unhealthy' && event.message?.startsWith(`${probe} probe`) && isAboutContainer(event, name),
  );

const failedProbe = (facts: PodFacts, container: ObservedContainer, probe: 'Startup' | 'Readiness') =>
  failedProbes(facts, container, probe).at(-1);

function probeText({ httpGet, tcpSocket, grpc, exec }: Probe): string {
  if (httpGet) return `GET ${httpGet.path ?? '/'} on port ${httpGet.port}`;
  if (tcpSocket) return `connecting to port ${tcpSocket.port}`;
  if (grpc) return `the gRPC health check on port ${grpc.port}`;
  const command = exec?.command ?? [];
  // A script says little; what it printed says why.
  if (command.some((word) => word.includes('\n'))) return 'its probe, a script,';
  return `the command ${oneLine(command.join(' '))}`;
}

/** All containers are ready, and the pod is not: something outside has to say so. */
function gateClosed({ pod, containers, run, around }: PodFacts) {
  // One that has ended is not ready for good.
  if (containers.some(({ init, status }) => !init && status.state?.terminated)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  if (pod.status?.phase !== 'Running' || ready?.status === 'True') return undefined;
  const late = (secondsSince(ready?.lastTransitionTime, around.now) ?? 0) > patience.ReadinessGate;
  // Who closes a gate says why in its condition.
  const why = pod.status.conditions?.find(({ type, status }) => type.includes('/') && status !== 'True')?.message;
  return verdict(late ? 'degraded' : 'progressing', ready?.reason ?? 'NotReady', {
    cause: oneLine([ready?.message || 'waiting for readiness', why].filter(Boolean).join(': ')),
    advice: run.kubectl('describe pod', pod.metadata.name),
  });
}

/** Restarts after which something that is ready is not believed to stay so, and the longest time between two on average. */
const flappingRestarts = 5;
const flappingSeconds = 3600;

/** How many times as long as the last time it must run until it counts as another one. */
const steadyTimes = 3;

/**
 * Ready, and yet not well: it runs long enough to be believed, and ends again and again. Kubernetes counts restarts and keeps
 * the last end, so what tells is their number over the pod's life, and whether this run is much longer than the last one.
 */
export const flapping: PodRule = (facts) => {
  const { pod, containers, around } = facts;
  if (pod.status?.phase !== 'Running') return undefined;
  const lives = secondsSince(pod.status.startTime ?? pod.metadata.creationTimestamp, around.now) ?? 0;
  for (const container of containers) {
    const { restartCount = 0, state, lastState } = container.status;
    const end = lastState?.terminated;
    const runs = secondsSince(state?.running?.startedAt, around.now);
    if (container.init || !end || runs === undefined || restartCount < flappingRestarts || isNodeRestart(end)) continue;
    const lasted = lengthOf(end);
    const every = lives / restartCount;
    // A pod is older than its last run, or its times are wrong.
    if (lives < lasted + runs || every > flappingSeconds || runs >= lasted * steadyTimes) continue;
    const after = end.startedAt ? ` after ${span(lasted)}` : '';
    return verdict('degraded', 'Flapping', {
      cause:
        `${titleOf(container)} was restarted ${restartCount} times in ${span(lives)}, about every ${span(every)}; ` +
        `the last time ${span(runs)} ago${after}: ${endText(container, end, facts)}`,
      advice: logsOf(container, facts, true),
    });
  }
  return undefined;
};

/** Row 23, and everything that is well. */
export const ready: PodRule = (facts) => {
  const { pod, containers, around } = facts;
  if (pod.status?.phase !== 'Running') return undefined;
  for (const container of containers) {
    const end = container.status.lastState?.terminated;
    const ago = secondsSince(end?.finishedAt, around.now);
    if (container.init || !end || ago === undefined || ago > recentSeconds) continue;
    return verdict('healthy', 'Restarted', {
      warning: `${counted(container.status.restartCount ?? 1, 'restart')}, the last ${span(ago)} ago: ${endText(container, end, facts)}`,
      advice: logsOf(container, facts, true),
    });
  }
  return verdict('healthy', 'Ready', readyWarning(facts));
};
