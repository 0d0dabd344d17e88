import { claimHealth } from './claim.ts';
import type { PodFacts, PodRule } from './pod-rule.ts';
import { oneLine, secondsSince, span } from './text.ts';
import { type Health, isProblem, verdict } from './verdict.ts';

/** How long a pod may find no node before it counts as a problem: others may be about to go. */
const patienceSeconds = 15;

/** Rows 7, 8 and 9, and a pod that the scheduler has not looked at yet. */
export const unscheduled: PodRule = (facts) => {
  const { pod, run, around } = facts;
  if (pod.spec.nodeName !== undefined) return undefined;
  const { name, creationTimestamp } = pod.metadata;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (condition?.reason === 'SchedulingGated') {
    const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name).join(', ');
    return verdict('progressing', 'SchedulingGated', {
      cause: `held back by the scheduling gate ${gates}`,
      advice: run.kubectl('get pod', name, "-o jsonpath='{.spec.schedulingGates}'"),
    });
  }
  const claim = brokenClaim(facts);
  if (claim) return claim;
  if (condition?.status !== 'False') return verdict('progressing', 'Scheduling', { cause: 'waiting for a node' });
  const message = obstacle(condition.message ?? '') ?? oneLine(condition.message ?? 'no node takes it');
  const age = secondsSince(condition.lastTransitionTime ?? creationTimestamp, around.now) ?? 0;
  if (age < patienceSeconds) return verdict('progressing', 'Unschedulable', { cause: message });
  return verdict('degraded', 'Unschedulable', {
    cause: `no node for ${span(age)}: ${message}`,
    advice: /Insufficient|taint|affinity|selector/.test(message)
      ? run.clusterKubectl('describe nodes')
      : run.kubectl('describe pod', name),
  });
};

/** The verdict on a claim that the pod waits for, if it is the claim that is wrong. */
function brokenClaim({ pod, around }: PodFacts): Health | undefined {
  const names = (pod.spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
  return around.claims
    ?.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace && names.includes(metadata.name))
    .map((claim) => {
      const health = claimHealth(claim, { ...around, pods: [pod] });
      return { ...health, cause: `claim ${claim.metadata.name}: ${health.cause ?? health.reason}` };
    })
    .find(isProblem);
}

/** What the scheduler's message comes to, by a part of it. */
const obstacles: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [/Insufficient ([\w./-]+)/g, (what) => `not enough ${what.join(' and ')} is free`],
  [/persistentvolumeclaim "([^"]+)" not found/gi, (what) => `there is no claim ${what.join(', ')}`],
  [/unbound immediate PersistentVolumeClaims/g, () => 'its claim is not bound to a volume'],
  [/untolerated taint(?:\(s\)| \{([^}]*)\})?/g, (what) => `the node has a taint ${what.join(', ')}`.trim()],
  [/Too many pods/g, () => 'the node runs as many pods as it can'],
  [/(?:affinity|selector|topology spread)/g, () => 'no node meets its affinity, selector or topology'],
  [/free ports/g, () => 'a port of the node that it wants is taken'],
];

function obstacle(message: string): string | undefined {
  const nodes = message.replace(/[ ,]*(no new claims to deallocate|preemption:).*/s, '');
  const found = obstacles.flatMap(([pattern, text]) => {
    const matches = [...nodes.matchAll(pattern)];
    const names = matches.map(([, name = '']) => name.replace(/[.:, ]+$/, '')).filter((name) => name !== '');
    return matches.length > 0 ? [text([...new Set(names)])] : [];
  });
  return found.length > 0 ? `${found.join('; ')} (${oneLine(nodes)})` : undefined;
}
