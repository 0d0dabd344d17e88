import { span } from '../../platform/text.ts';
import { commands } from '../rules/commands.ts';
import type { Pod } from '../rules/objects.ts';
import { type Surroundings, verdict } from '../rules/verdict.ts';
import { type ClusterPart, nodes } from './cluster-parts.ts';

/** How far a node's clock may be off, in seconds: tokens and leases are valid from their first second on. */
const toleranceSeconds = 60;

/**
 * Nodes whose clock is not that of the API server. A kubelet notes by its own clock when it took a pod and started its
 * containers: a time that has yet to come says that it is ahead, a start before the pod was made that it is behind.
 */
export function wrongClocks(pods: readonly Pod[], moment: Pick<Surroundings, 'now' | 'context'>): ClusterPart[] {
  const off = new Map<string, number>();
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    const skew = nodeName === undefined ? 0 : skewOf(pod, moment.now);
    if (nodeName !== undefined && Math.abs(skew) > Math.abs(off.get(nodeName) ?? toleranceSeconds))
      off.set(nodeName, skew);
  }
  return [...off].map(([name, skew]) => ({
    role: 'clock',
    namespace: nodes,
    object: name,
    kind: 'Node',
    health: verdict('degraded', 'ClockSkew', {
      cause:
        `the clock of node ${name} is at least ${span(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} the API server's: ` +
        'certificates, tokens and schedules depend on it',
      // The nodes of kind have the clock of the machine.
      advice: moment.context?.startsWith('kind-')
        ? 'timedatectl status'
        : commands({}, moment).clusterKubectl('describe node', name),
    }),
    pods: [],
  }));
}

/** Seconds by which a node's clock is ahead, as one of its pods shows; 0 if it does not. */
function skewOf({ metadata, status }: Pod, now: Date): number {
  // What a kubelet runs by itself it tells the API of later.
  if (metadata.ownerReferences?.some(({ kind }) => kind === 'Node')) return 0;
  // Of 100,000 pods a list of their times would be most of what judging them takes.
  let ahead = after(status?.startTime, now.getTime());
  for (const statuses of [status?.initContainerStatuses, status?.containerStatuses])
    for (const { state } of statuses ?? []) ahead = Math.max(ahead, after(state?.running?.startedAt, now.getTime()));
  if (ahead > toleranceSeconds) return ahead;
  const made = Date.parse(metadata.creationTimestamp ?? '');
  return Math.min(0, after(status?.startTime, made));
}

/** Seconds by which an instant is after another; 0 if it is not known. */
const after = (instant: string | null | undefined, than: number): number =>
  instant ? (Date.parse(instant) - than) / 1000 || 0 : 0;
