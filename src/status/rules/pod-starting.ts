import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { type ObservedContainer, titleOf } from './container.ts';
import { lastSeen, standing } from './events.ts';
import type { Event } from './objects.ts';
import { patience } from './patience.ts';
import { notStarted } from './pod-readiness.ts';
import { logsOf, type PodFacts, type PodRule } from './pod-rule.ts';
import { type Health, verdict } from './verdict.ts';
import { waitingFor } from './waiting-for.ts';

/** What keeps containers from being made, by the words of the kubelet and of who attaches volumes. */
const setupFailures = [
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'FailedPodSandBoxStatus',
  'NetworkNotReady',
  'FailedCreatePodContainer',
  'FailedPrepareDynamicResources',
  'VolumeResizeFailed',
];
const setupSucceeded = ['SuccessfulAttachVolume', 'SuccessfulMountVolume', 'Pulling', 'Pulled', 'Created', 'Started'];

/** What says only that something took too long: what was said before it says why. */
const generic =
  /Unable to attach or mount volumes|timed out waiting for the condition|context deadline exceeded|DeadlineExceeded/;

/** Causes in the messages about volumes and networks, said plainly. */
const known: readonly (readonly [RegExp, string])[] = [
  [/Multi-Attach error/, 'its volume is still attached to another node (Multi-Attach error)'],
  [
    /(?:cni|network) plugin (?:is )?not (?:ready|initialized)|cni config uninitialized/i,
    "the node's network is not ready",
  ],
  [/no space left on device/, 'the node has no space left'],
];

/** Row 19: no container could be made because a volume or the pod's network could not be. */
export const setupFailed: PodRule = ({ pod, containers, events, run }) => {
  const begun = containers.some(({ status }) => status.state?.running || status.state?.terminated);
  const conditions = pod.status?.conditions ?? [];
  // By then the volumes are mounted and the network is there.
  const past = conditions.some(({ type, status }) => type === 'PodReadyToStartContainers' && status === 'True');
  const failed = begun || past ? undefined : standingFailure(events);
  const message = failed?.message ?? '';
  // The kubelet has not heard of an object yet.
  if (!failed || /failed to sync|not registered/.test(message)) return undefined;
  const plainly = known.find(([pattern]) => pattern.test(message))?.[1];
  return verdict('degraded', failed.reason ?? 'FailedMount', {
    cause: `${plainly ? `${plainly}: ` : ''}${oneLine(message)}`,
    advice: run.kubectl('describe pod', pod.metadata.name),
    terminal: /(?:secret|configmap) "[^"]*" not found|references non-existent/.test(message),
  });
};

/** How long what was said counts beside something generic that was said later, in seconds. */
const specificSeconds = 1800;

/** The latest failure; one that says why before a generic one after it. */
function standingFailure(events: readonly Event[]): Event | undefined {
  const last = standing(events, setupFailures, setupSucceeded);
  if (!last || !generic.test(last.message ?? '')) return last;
  const from = Date.parse(lastSeen(last)) - specificSeconds * 1000;
  const end = events.findLastIndex(({ reason = '' }) => setupSucceeded.includes(reason));
  const specific = events
    .slice(end + 1)
    .findLast(
      (each) =>
        setupFailures.includes(each.reason ?? '') &&
        !generic.test(each.message ?? '') &&
        !(Date.parse(lastSeen(each)) < from),
    );
  return specific ?? last;
}

/** Row 20: containers are being made, or those that must end first are running. */
export const starting: PodRule = (facts) => {
  const { pod, containers, events, run, around } = facts;
  const running = containers.find(({ init, status }) => init && status.state?.running);
  if (running) return initRuns(running, facts);
  const unmade = containers.find(({ status }) => !status.state?.running && !status.state?.terminated);
  if (!unmade) return undefined;
  const sidecar = containers.find(
    (each) => each.sidecar && each.status.state?.running && each.status.started === false,
  );
  // The others are not made before it has started.
  if (sidecar && unmade !== sidecar) return notStarted(sidecar, facts);
  const pulling = standing(events, ['Pulling'], ['Pulled', 'Failed', 'Created', 'Started']);
  const age = secondsSince(pod.status?.startTime ?? pod.metadata.creationTimestamp, around.now) ?? 0;
  const what = pulling ? `pulling the image ${unmade.spec.image}` : 'being created';
  const { reason = 'ContainerCreating', message } = unmade.status.state?.waiting ?? {};
  const late = age > (pulling ? patience.Pulling : patience.ContainerCreating);
  return verdict(late ? 'degraded' : 'progressing', reason, {
    cause: `${titleOf(unmade)}: ${what} for ${span(age)}${message ? `: ${oneLine(message)}` : ''}`,
    advice: run.kubectl('describe pod', pod.metadata.name),
  });
};

function initRuns(running: ObservedContainer, facts: PodFacts): Health {
  const { pod, around } = facts;
  const { restartCount = 0, state } = running.status;
  const awaited = waitingFor(running, around);
  // One that gave up waiting and waits again has waited since the pod began.
  const since = awaited && restartCount > 0 ? pod.status?.startTime : state?.running?.startedAt;
  const seconds = secondsSince(since ?? state?.running?.startedAt, around.now) ?? 0;
  const age = span(seconds);
  const { namespace, name } = pod.metadata;
  const line = around.lastLines?.get(`${namespace}/${name}/${running.name}`);
  const told = line ? `: ${oneLine(line)}` : '';
  return verdict(seconds > patience.PodInitializing ? 'degraded' : 'progressing', 'PodInitializing', {
    cause: awaited
      ? `waiting for ${awaited} for ${age} (${running.name}, ${running.place})${told}`
      : `${titleOf(running)} has been running for ${age}`,
    advice: logsOf(running, facts, false),
    waitingFor: awaited,
  });
}
