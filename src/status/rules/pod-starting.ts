import { titleOf } from './container.ts';
import { standing } from './events.ts';
import { logsOf, type PodRule } from './pod-rule.ts';
import { oneLine, secondsSince, span } from './text.ts';
import { verdict } from './verdict.ts';
import { waitingFor } from './waiting-for.ts';

const setupFailures = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'];
const setupSucceeded = ['Pulling', 'Pulled', 'Created', 'Started'];

/** Row 19: no container could be made because a volume or the pod's network could not be. */
export const setupFailed: PodRule = ({ pod, containers, events, run }) => {
  const begun = containers.some(({ status }) => status.state?.running || status.state?.terminated);
  const conditions = pod.status?.conditions ?? [];
  // By then the volumes are mounted and the network is there.
  const past = conditions.some(({ type, status }) => type === 'PodReadyToStartContainers' && status === 'True');
  const failed = begun || past ? undefined : standing(events, setupFailures, setupSucceeded);
  const message = failed?.message ?? '';
  if (!failed || /failed to sync/.test(message)) return undefined;
  return verdict('degraded', failed.reason ?? 'FailedMount', {
    cause: oneLine(message),
    advice: run.kubectl('describe pod', pod.metadata.name),
    terminal: /(?:secret|configmap) "[^"]*" not found|references non-existent/.test(message),
  });
};

/** Row 20: containers are being made, or those that must end first are running. */
export const starting: PodRule = (facts) => {
  const { pod, containers, events, run, around } = facts;
  const running = containers.find(({ init, status }) => init && status.state?.running);
  if (running) {
    const age = span(secondsSince(running.status.state?.running?.startedAt, around.now) ?? 0);
    const awaited = waitingFor(running, around);
    return verdict('progressing', 'PodInitializing', {
      cause: awaited
        ? `waiting for ${awaited} for ${age} (${running.name}, ${running.place})`
        : `${titleOf(running)} is running for ${age}`,
      advice: logsOf(running, facts, false),
      waitingFor: awaited,
    });
  }
  const unmade = containers.find(({ status }) => !status.state?.running && !status.state?.terminated);
  if (!unmade) return undefined;
  const pulling = standing(events, ['Pulling'], ['Pulled', 'Failed', 'Created', 'Started']);
  const age = secondsSince(pod.status?.startTime ?? pod.metadata.creationTimestamp, around.now) ?? 0;
  const what = pulling ? `pulling the image ${unmade.spec.image}` : 'being created';
  return verdict('progressing', unmade.status.state?.waiting?.reason ?? 'ContainerCreating', {
    cause: `${titleOf(unmade)}: ${what} for ${span(age)}`,
    advice: run.kubectl('describe pod', pod.metadata.name),
  });
};
