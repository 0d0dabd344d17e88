import { crashed, ended, looping, outOfMemory } from './container-ended.ts';
import { cannotStart, configurationMissing, imageMissing } from './container-waiting.ts';
import type { Pod } from './objects.ts';
import { claimLost, evicted, nodeLost, terminating } from './pod-lifetime.ts';
import { flapping, notReady, ready } from './pod-readiness.ts';
import { type PodRule, podFacts } from './pod-rule.ts';
import { unscheduled } from './pod-scheduling.ts';
import { setupFailed, starting } from './pod-starting.ts';
import { unreadable } from './unreadable.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** The decision table: the first rule that matches wins. */
const rules: readonly PodRule[] = [
  terminating,
  evicted,
  nodeLost,
  claimLost,
  imageMissing,
  configurationMissing,
  cannotStart,
  outOfMemory,
  ended,
  unscheduled,
  crashed,
  looping,
  setupFailed,
  starting,
  notReady,
  flapping,
  ready,
];

/** Whether a pod is healthy. What fits no rule is unknown, and so is one that is not as the API says that it is. */
export function podHealth(pod: Pod, around: Surroundings): Health {
  const { name } = pod.metadata;
  const unread = unreadable('Pod', pod.metadata, around);
  if (unread) return { ...unread, pod: name };
  try {
    const facts = podFacts(pod, around);
    for (const rule of rules) {
      const health = rule(facts);
      if (health) return { ...health, pod: name };
    }
  } catch (error) {
    return { ...unreadable('Pod', pod.metadata, around, (error as Error).message), pod: name };
  }
  return verdict('unknown', pod.status?.reason ?? 'Unknown', { pod: name });
}
