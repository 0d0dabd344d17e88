import { type ObservedContainer, titleOf } from './container.ts';
import { endText, recentSeconds } from './container-ended.ts';
import { firstSeen } from './events.ts';
import type { Probe } from './objects.ts';
import { logsOf, type PodFacts, type PodRule } from './pod-rule.ts';
import { counted, oneLine, secondsSince, span } from './text.ts';
import { verdict } from './verdict.ts';

/** How long a probe may fail before it counts, in seconds, with Kubernetes' defaults. */
const budgetOf = (probe: Probe | undefined): number =>
  probe
    ? (probe.initialDelaySeconds ?? 0) +
      (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3) +
      (probe.timeoutSeconds ?? 1)
    : 0;

/** The kubelet reports a little later than it probes. */
const slackSeconds = 5;

/** Rows 21 and 22: a container runs and is not ready. */
export const notReady: PodRule = (facts) => {
  const container = facts.containers.find(({ init, status }) => !init && status.state?.running && !status.ready);
  if (!container) return gateClosed(facts);
  const { spec, status } = container;
  const probe = isStartingUp(container) ? spec.startupProbe : spec.readinessProbe;
  const failure = failedProbe(facts, isStartingUp(container) ? 'Startup' : 'Readiness');
  const unready = unreadyFor(facts, container);
  const end = status.lastState?.terminated;
  const restarts = counted(status.restartCount ?? 0, 'restart');
  const before = end ? ` (${restarts}; ${endText(container, end, facts)})` : '';
  const advice = logsOf(container, facts, false);
  if (!isPastBudget(container, unready, failure && secondsSince(firstSeen(failure), facts.around.now)))
    return verdict('progressing', isStartingUp(container) ? 'Starting' : 'NotReady', {
      cause: `${titleOf(container)}: waiting for ${isStartingUp(container) ? 'it to start' : 'readiness'} for ${span(unready)}${before}`,
      advice,
    });
  const answer = oneLine((failure?.message ?? '').replace(/^\w+ probe (?:failed|errored):?\s*/, ''));
  return verdict('degraded', 'Unhealthy', {
    cause: `${titleOf(container)} is not ready for ${span(unready)}: ${probe ? probeText(probe) : 'it'} fails${answer ? `: ${answer}` : ''}${before}`,
    advice,
  });
};

/** Whether it has yet to pass its startup probe; until then no other probe is asked. */
const isStartingUp = ({ spec, status }: ObservedContainer): boolean =>
  status.started === false && spec.startupProbe !== undefined;

/**
 * Whether a container has been unready for longer than its probes may fail.
 *
 * @param unready seconds since when it is not ready
 * @param failing seconds since when its current probe fails, if it does
 */
function isPastBudget(container: ObservedContainer, unready: number, failing: number | undefined): boolean {
  const { startupProbe, readinessProbe } = container.spec;
  if (isStartingUp(container)) return unready > budgetOf(startupProbe) + slackSeconds;
  // Readiness is only probed once it has started: its failures count from the first of them.
  const probed = failing === undefined ? 0 : Math.min(failing, unready);
  const allowed = budgetOf(readinessProbe) + slackSeconds;
  return probed > allowed || unready > allowed + budgetOf(startupProbe);
}

/** Since when it is not ready, in seconds: since it runs, or since the pod was ready last. */
function unreadyFor({ pod, around }: PodFacts, { status }: ObservedContainer): number {
  const running = secondsSince(status.state?.running?.startedAt, around.now) ?? 0;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const unready = ready?.status === 'False' ? secondsSince(ready.lastTransitionTime, around.now) : undefined;
  return Math.min(running, unready ?? running);
}

const failedProbe = ({ events }: PodFacts, probe: 'Startup' | 'Readiness') =>
  events.findLast(({ reason, message = '' }) => reason === 'Unhealthy' && message.startsWith(`${probe} probe`));

function probeText({ httpGet, tcpSocket, grpc, exec }: Probe): string {
  if (httpGet) return `GET ${httpGet.path ?? '/'} on port ${httpGet.port}`;
  if (tcpSocket) return `connecting to port ${tcpSocket.port}`;
  if (grpc) return `the gRPC health check on port ${grpc.port}`;
  return `the command ${oneLine((exec?.command ?? []).join(' '))}`;
}

/** All containers are ready, and the pod is not: something outside has to say so. */
function gateClosed({ pod, run }: PodFacts) {
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  if (pod.status?.phase !== 'Running' || ready?.status === 'True') return undefined;
  return verdict('progressing', ready?.reason ?? 'NotReady', {
    cause: oneLine(ready?.message || 'waiting for readiness'),
    advice: run.kubectl('describe pod', pod.metadata.name),
  });
}

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
  return verdict('healthy', 'Ready');
};
