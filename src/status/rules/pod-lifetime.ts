import type { PodRule } from './pod-rule.ts';
import { hasEnded } from './pod-rule.ts';
import { oneLine, secondsSince, span } from './text.ts';
import { verdict } from './verdict.ts';

/** How long a pod may outstay its grace period: the kubelet takes a moment to take it down. */
const slackSeconds = 15;

/** Rows 4 and 5. */
export const terminating: PodRule = ({ pod, run, around }) => {
  const { name, deletionTimestamp, finalizers = [] } = pod.metadata;
  const over = secondsSince(deletionTimestamp, around.now);
  if (over === undefined) return undefined;
  if (over <= slackSeconds) return verdict('progressing', 'Terminating', { cause: 'stopping' });
  const late = `should have been gone ${span(over)} ago`;
  if (finalizers.length > 0)
    return verdict('degraded', 'Terminating', {
      cause: `${late}; held by the finalizer ${finalizers.join(', ')}`,
      advice: run.kubectl('get pod', name, "-o jsonpath='{.metadata.finalizers}'"),
    });
  const node = pod.spec.nodeName;
  return verdict('degraded', 'Terminating', {
    cause: `${late}; node ${node ?? '(none)'} may be unreachable`,
    advice: node === undefined ? run.kubectl('describe pod', name) : run.clusterKubectl('describe node', node),
  });
};

/** Row 6. */
export const evicted: PodRule = ({ pod, run }) => {
  const { reason, message } = pod.status ?? {};
  if (reason !== 'Evicted') return undefined;
  const node = pod.spec.nodeName;
  return verdict('degraded', 'Evicted', {
    cause: message ? oneLine(message) : 'evicted from its node',
    advice:
      node === undefined ? run.kubectl('describe pod', pod.metadata.name) : run.clusterKubectl('describe node', node),
  });
};

/**
 * Row 25. It is asked before the containers are: what was last heard of them is old.
 */
export const nodeLost: PodRule = ({ pod, run, around }) => {
  const node = pod.spec.nodeName;
  if (node === undefined || hasEnded(pod)) return undefined;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const found = around.nodes?.find(({ metadata }) => metadata.name === node);
  const condition = found?.status?.conditions?.find(({ type }) => type === 'Ready');
  const nodeIsLost = found !== undefined && condition?.status !== 'True';
  const unheard = ready?.status === 'Unknown' || pod.status?.phase === 'Unknown' || pod.status?.reason === 'NodeLost';
  if (!nodeIsLost && !unheard) return undefined;
  const why = condition?.message ? `: ${oneLine(condition.message)}` : '';
  return verdict('unknown', 'NodeNotReady', {
    cause: `node ${node} is not ready${why}`,
    // kind's nodes are containers of the same name.
    advice: around.context?.startsWith('kind-') ? `docker start ${node}` : run.clusterKubectl('describe node', node),
  });
};
