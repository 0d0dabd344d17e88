import { bounded, oneLine, secondsSince, span } from '../../platform/text.ts';
import { claimHealth } from './claim.ts';
import type { Node } from './objects.ts';
import { patience } from './patience.ts';
import type { PodFacts, PodRule } from './pod-rule.ts';
import { type Health, isProblem, verdict } from './verdict.ts';

/** Rows 7, 8 and 9, and a pod that the scheduler has not looked at yet. */
export const unscheduled: PodRule = (facts) => {
  const { pod, run, around } = facts;
  if (pod.spec.nodeName !== undefined) return undefined;
  const { name, creationTimestamp } = pod.metadata;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const age = secondsSince(condition?.lastTransitionTime ?? creationTimestamp, around.now) ?? 0;
  if (condition?.reason === 'SchedulingGated') {
    const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name).join(', ');
    return verdict(age > patience.SchedulingGated ? 'degraded' : 'progressing', 'SchedulingGated', {
      cause: `held back by the scheduling gate ${gates}`,
      advice: run.kubectl('get pod', name, "-o jsonpath='{.spec.schedulingGates}'"),
    });
  }
  const claims = claimsOf(facts);
  // Many claims get their volume when a node is found: where the scheduler says what else is lacking, they wait for that.
  const elsewhere = condition?.status === 'False' && !/volume|claim/i.test(told(condition.message ?? ''));
  const broken = claims.find((claim) => isProblem(claim) && !(elsewhere && claim.reason === 'Pending'));
  if (broken) return broken;
  // The scheduler waits for the volume before it says anything.
  const waits = claims.find(({ reason }) => reason === 'Pending');
  if (condition?.status !== 'False') return waits ?? unseen(facts, age);
  const message = obstacle(condition.message ?? '') ?? oneLine(condition.message ?? 'no node takes it');
  if (age < patience.Unschedulable) return verdict('progressing', 'Unschedulable', { cause: message });
  const cordoned = isCordoned(condition.message) && cordonedNode(around.nodes);
  return verdict('degraded', 'Unschedulable', {
    cause: `no node for ${span(age)}: ${message}`,
    advice:
      (cordoned && run.clusterKubectl('uncordon', cordoned)) ||
      (/Insufficient|taint|affinity|selector|cordoned|node runs/.test(message)
        ? run.clusterKubectl('describe nodes')
        : run.kubectl('describe pod', name)),
  });
};

/** No scheduler has said anything: it has not come to it, or there is none. */
function unseen({ pod, run }: PodFacts, age: number): Health {
  const { schedulerName = 'default-scheduler' } = pod.spec;
  if (age <= patience.Scheduling) return verdict('progressing', 'Scheduling', { cause: 'waiting for a node' });
  const own = schedulerName === 'default-scheduler';
  return verdict('degraded', 'Scheduling', {
    cause: own
      ? `no scheduler has looked at it for ${span(age)}: is kube-scheduler in kube-system running?`
      : `the scheduler ${schedulerName} has not looked at it for ${span(age)}: is there one of that name?`,
    advice: run.clusterKubectl(own ? '-n kube-system get pods' : 'get pods -A'),
  });
}

/** Whether the scheduler says that a node takes nothing because somebody wants it so. */
const isCordoned = (message = ''): boolean =>
  /were unschedulable|node\.kubernetes\.io\/unschedulable/.test(bounded(message));

/** The node that is cordoned: the one that says so, or the only one. */
function cordonedNode(nodes: readonly Node[] = []): string | undefined {
  const found = nodes.find(({ spec }) => spec?.unschedulable) ?? (nodes.length === 1 ? nodes[0] : undefined);
  return found?.metadata.name;
}

/** The verdicts on the claims of a pod, as its own. */
function claimsOf({ pod, around }: PodFacts): Health[] {
  const names = (pod.spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
  return (around.claims ?? [])
    .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace && names.includes(metadata.name))
    .map((claim) => {
      const health = claimHealth(claim, { ...around, pods: [pod] });
      return { ...health, cause: `claim ${claim.metadata.name}: ${health.cause ?? health.reason}` };
    });
}

/** Taints that Kubernetes puts on nodes itself, in words. */
const taints: ReadonlyMap<string, string> = new Map([
  ['node.kubernetes.io/unschedulable', 'the node is cordoned'],
  ['node.kubernetes.io/not-ready', 'the node is not ready'],
  ['node.kubernetes.io/unreachable', 'the node is unreachable'],
  ['node.kubernetes.io/memory-pressure', 'the node is short of memory'],
  ['node.kubernetes.io/disk-pressure', 'the node is short of disk space'],
  ['node.kubernetes.io/pid-pressure', 'the node is running out of process IDs'],
  ['node.kubernetes.io/network-unavailable', "the node's network is not ready"],
  ['node.cloudprovider.kubernetes.io/uninitialized', 'the node is not initialized by its cloud provider'],
]);

/** What taints come to: those that Kubernetes put there by what they mean. */
function taintText(found: readonly string[]): string {
  const names = found.map((each) => each.trim().replace(/:$/, '')).filter((each) => each !== '');
  const meaning = (name: string) => taints.get(name.split(':')[0] ?? '');
  const others = names.filter((each) => meaning(each) === undefined);
  const meant = names.flatMap((each) => meaning(each) ?? []);
  if (others.length > 0 || meant.length === 0) meant.push(`the node has a taint ${others.join(', ')}`.trim());
  return meant.join('; ');
}

/** What the scheduler's message comes to, by a part of it. */
const obstacles: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [/Insufficient ([\w./-]+)/g, (what) => `not enough ${what.join(' and ')} is free`],
  [/persistentvolumeclaim "([^"]{1,253})" not found/gi, (what) => `there is no claim ${what.join(', ')}`],
  [
    /persistentvolumeclaim "([^"]{1,253})" (?:bound to non-existent|is being deleted)/gi,
    (what) => `the claim ${what.join(', ')} has lost its volume`,
  ],
  [/unbound immediate PersistentVolumeClaims/g, () => 'its claim is not bound to a volume'],
  [
    /volume node affinity conflict|didn't match PersistentVolume's node affinity/g,
    () => 'its volume is on another node, which does not take it',
  ],
  [/untolerated taint(?:\(s\)| \{([^}]{0,400})\})?/g, taintText],
  [/were unschedulable/g, () => 'the node is cordoned'],
  [/didn't find available persistent volumes/g, () => 'no persistent volume fits its claim'],
  [/exceed max volume count/g, () => 'the node has reached its volume limit'],
  [/Too many pods/g, () => 'the node has reached its pod limit'],
  [/topology spread/g, () => 'its topology spread allows no node'],
  [/anti-affinity/g, () => 'the anti-affinity of pods on it keeps it away'],
  [/(?<!volume |Volume's )(?:node|pod)(?:'s)? (?:affinity|selector)/gi, () => 'no node meets its affinity or selector'],
  [/free ports/g, () => 'a port that it needs on the node is taken'],
];

/** What says how a pod would get room by others' going: nothing of the obstacle. */
const afterwards = ['no new claims to deallocate', 'preemption:'];

/** What the scheduler says of the nodes. */
function told(given: string): string {
  const message = bounded(given);
  const ends = afterwards.map((text) => message.indexOf(text)).filter((index) => index >= 0);
  return message
    .slice(0, Math.min(...ends, message.length))
    .trimEnd()
    .replace(/,$/, '');
}

function obstacle(message: string): string | undefined {
  const nodes = told(message);
  const found = obstacles.flatMap(([pattern, text]) => {
    const matches = [...nodes.matchAll(pattern)];
    const names = matches.map(([, name = '']) => name).filter((name) => name !== '');
    const bare = pattern.source.startsWith('Insufficient') ? names.map((name) => name.replace(/\.$/, '')) : names;
    return matches.length > 0 ? [text([...new Set(bare)])] : [];
  });
  return found.length > 0 ? `${[...new Set(found)].join('; ')} (${oneLine(nodes)})` : undefined;
}
