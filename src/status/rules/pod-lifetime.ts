import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { claimHealth } from './claim.ts';
import { commands } from './commands.ts';
import { standing } from './events.ts';
import type { Condition, Pod } from './objects.ts';
import { patience } from './patience.ts';
import { hasEnded, type PodRule } from './pod-rule.ts';
import { type Surroundings, verdict } from './verdict.ts';

/** Rows 4 and 5. */
export const terminating: PodRule = ({ pod, events, run, around }) => {
  const { name, deletionTimestamp, finalizers = [] } = pod.metadata;
  const over = secondsSince(deletionTimestamp, around.now);
  if (over === undefined) return undefined;
  if (over <= patience.PodTerminating) return verdict('progressing', 'Terminating', { cause: 'stopping' });
  const late = `should have been gone ${span(over)} ago`;
  if (finalizers.length > 0)
    return verdict('degraded', 'Terminating', {
      cause: `${late}; held by the finalizer ${finalizers.join(', ')}`,
      advice: run.kubectl('get pod', name, "-o jsonpath='{.metadata.finalizers}'"),
    });
  const failed = standing(events, ['FailedKillPod', 'FailedPreStopHook']);
  const node = pod.spec.nodeName;
  const ready = node === undefined ? undefined : readiness(node, around);
  if (node !== undefined && ready && ready.status !== 'True')
    return verdict('degraded', 'Terminating', {
      cause: `${late}; ${notReadyText(node, ready)}`,
      advice: nodeAdvice(node, ready, around),
    });
  const whose = ready ? `node ${node} is ready, and has not ended it` : `node ${node ?? '(none)'} may be unreachable`;
  return verdict('degraded', 'Terminating', {
    cause: `${late}; ${failed?.message ? oneLine(failed.message) : whose}`,
    advice:
      node === undefined || failed ? run.kubectl('describe pod', name) : run.clusterKubectl('describe node', node),
  });
};

const readiness = (node: string, { nodes }: Pick<Surroundings, 'nodes'>): Condition | undefined =>
  nodes?.find(({ metadata }) => metadata.name === node)?.status?.conditions?.find(({ type }) => type === 'Ready');

const notReadyText = (node: string, ready: Condition | undefined): string =>
  `node ${node} is not ready${ready?.message ? `: ${oneLine(ready.message)}` : ''}`;

/** Whether a pod is to go, and only waits for its node, which is not ready, to say that it has. */
export function isLeftBehind({ metadata, spec }: Pod, around: Surroundings): boolean {
  const ready = spec.nodeName === undefined ? undefined : readiness(spec.nodeName, around);
  const going = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
  return going && ready !== undefined && ready.status !== 'True';
}

/** Why a pod that has failed was ended from outside of it, in words: by the kubelet's word for it. */
const endings: ReadonlyMap<string, string> = new Map([
  ['Evicted', 'evicted from its node'],
  ['Preempting', 'was removed to make room for a system pod'],
  ['Preempted', 'was removed to make room for a pod of higher priority'],
  ['Terminated', 'its node was shut down'],
  ['NodeShutdown', 'its node was shut down'],
  ['Shutdown', 'its node was shut down'],
]);

/** Reasons for which a node takes no pod at all: it would not take the same one a second time. */
const rejections =
  /^(?:UnexpectedAdmissionError|OutOf[\w./-]+|NodeAffinity|NodePorts|NodeName|NodeUnschedulable|TaintToleration|PodOSSelectorNodeLabelDoesNotMatch|PodOSNotSupported|TopologyAffinityError|SMTAlignmentError|InvalidNodeInfo|AppArmor|SysctlForbidden|UnsupportedSysctls?|PodLevelResourcesNotAdmittedReason|PodFeatureUnsupported|VolumeAttachmentLimitExceeded)$/;

/** Whether its node refused a pod. */
export const isRejected = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' && rejections.test(status.reason ?? '');

/** Whether a pod ended because its node went down in order: it would have gone on. */
export const isShutDown = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' && endings.get(status.reason ?? '') === 'its node was shut down';

/** Row 6, and what else ends a pod from outside of it. */
export const evicted: PodRule = ({ pod, run }) => {
  const { phase, reason = '', message } = pod.status ?? {};
  const ending = endings.get(reason);
  const rejected = isRejected(pod);
  if (phase !== 'Failed' || !(ending || rejected)) return undefined;
  const node = pod.spec.nodeName;
  const told = (message ?? '').replace(/^Pod was rejected: /, '');
  return verdict('degraded', reason, {
    cause: rejected
      ? `node ${node ?? '(none)'} refuses it: ${oneLine(told || reason)}`
      : oneLine(told || (ending ?? '')),
    advice:
      node === undefined ? run.kubectl('describe pod', pod.metadata.name) : run.clusterKubectl('describe node', node),
  });
};

/** A claim of the pod that is lost, even if the pod still runs. */
export const claimLost: PodRule = ({ pod, around }) => {
  if (hasEnded(pod)) return undefined;
  const names = (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  const lost = around.claims?.find(
    ({ metadata, status }) =>
      status?.phase === 'Lost' && metadata.namespace === pod.metadata.namespace && names.includes(metadata.name),
  );
  if (!lost) return undefined;
  const health = claimHealth(lost, around);
  return { ...health, cause: `claim ${lost.metadata.name}: ${health.cause}` };
};

/**
 * Row 25. It is asked before the containers are: what was last heard of them is old.
 */
export const nodeLost: PodRule = ({ pod, run, around }) => {
  const node = pod.spec.nodeName;
  if (node === undefined || hasEnded(pod)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const found = around.nodes?.find(({ metadata }) => metadata.name === node);
  const condition = readiness(node, around);
  // Where no node can be seen nothing is known of them.
  if (found === undefined && (around.nodes?.length ?? 0) > 0)
    return verdict('unknown', 'NodeGone', {
      cause: `node ${node} no longer exists; the state of what ran on it is unknown`,
      advice: run.clusterKubectl('get nodes'),
    });
  // Of a node that can't be read nothing is known, so that the pod itself has to tell.
  const nodeIsLost = found !== undefined && found.metadata.unreadable === undefined && condition?.status !== 'True';
  const unheard = ready?.status === 'Unknown' || pod.status?.phase === 'Unknown' || pod.status?.reason === 'NodeLost';
  if (!nodeIsLost && !unheard) return undefined;
  return verdict('unknown', 'NodeNotReady', {
    cause: notReadyText(node, condition),
    advice: nodeAdvice(node, condition, around),
  });
};

/** What to type when a node is not ready. kind's nodes are containers of the same name: one whose kubelet says why runs. */
export function nodeAdvice(
  node: string,
  ready: Condition | undefined,
  { context }: Pick<Surroundings, 'context'>,
): string {
  const stopped = context?.startsWith('kind-') && ready?.status !== 'False';
  return stopped ? `docker start ${node}` : commands({}, { context }).clusterKubectl('describe node', node);
}
