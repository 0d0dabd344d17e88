import { crashed, ended, outOfMemory } from './container-ended.ts';
import { cannotStart, configurationMissing, imageMissing } from './container-waiting.ts';
import type { Pod } from './objects.ts';
import { evicted, nodeLost, terminating } from './pod-lifetime.ts';
import { notReady, ready } from './pod-readiness.ts';
import { type PodRule, podFacts } from './pod-rule.ts';
import { unscheduled } from './pod-scheduling.ts';
import { setupFailed, starting } from './pod-starting.ts';
import { type Health, type Surroundings, verdict } from './verdict.ts';

/** The decision table: the first rule that matches wins. */
const rules: readonly PodRule[] = [
  terminating,
  evicted,
  nodeLost,
  imageMissing,
  configurationMissing,
  cannotStart,
  outOfMemory,
  ended,
  unscheduled,
  crashed,
  setupFailed,
  starting,
  notReady,
  ready,
];

/** Whether a pod is healthy. What fits no rule is unknown. */
export function podHealth(pod: Pod, around: Surroundings): Health {
  const facts = podFacts(pod, around);
  for (const rule of rules) {
    const health = rule(facts);
    if (health) return { ...health, pod: pod.metadata.name };
  }
  return verdict('unknown', pod.status?.reason ?? 'Unknown', { pod: pod.metadata.name });
}
