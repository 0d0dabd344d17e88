import { labelKeys } from '../../../charts/common/labels.ts';
import { counted, secondsSince, span } from '../../platform/text.ts';
import { lastSeen } from '../rules/events.ts';
import type { Meta, Pod, Workload } from '../rules/objects.ts';
import { patience } from '../rules/patience.ts';
import { type Health, isProblem, type Surroundings, verdict } from '../rules/verdict.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { blameCluster, told, webhookOf } from './blame-cluster.ts';
import type { ClusterPart } from './cluster-parts.ts';

/** A judged object. */
interface Judged {
  readonly namespace: string;
  readonly object: string;
  readonly health: Health;
  readonly pods: readonly Pod[];
  readonly workload?: Workload;
}

interface Blamed<Item> {
  readonly items: readonly Item[];
  /** The parts of the cluster that are worth telling. */
  readonly parts: readonly ClusterPart[];
}

/**
 * Names the part of the cluster that each suffers from that is not well, if there is one: what can't reach anything else may
 * say that it waits for something healthy.
 */
export function blameAll<Item extends Judged>(
  items: readonly Item[],
  parts: readonly ClusterPart[],
  moment: Pick<Surroundings, 'now' | 'context' | 'events'>,
): Blamed<Item> {
  const byKey = new Map(items.map((item) => [`${item.namespace}/${item.object}`, item]));
  const webhooks = new Map<string, ClusterPart>();
  const victims = new Set<string>();
  const metrics = parts.find(({ role }) => role === 'metrics');
  const controllers = parts.find(({ role }) => role === 'controllers');
  const unscaled = metrics ? withoutMetrics(moment) : undefined;
  const blamed = items.map((item) => {
    const { health, pods } = item;
    const awaited = health.waitingFor === undefined ? undefined : byKey.get(health.waitingFor);
    const waitsInVain =
      health.waitingFor !== undefined && (awaited === undefined || awaited.health.status === 'healthy');
    if (metrics && health.status === 'healthy' && unscaled?.has(`${item.namespace}/${item.object}`)) {
      const key = `${metrics.namespace}/${metrics.object}`;
      victims.add(key);
      const warning = `its autoscaler gets no metrics because ${key} is ${metrics.health.status}, so it keeps its size`;
      return { ...item, health: { ...health, warning, advice: metrics.health.advice } };
    }
    const uncounted = controllers && unseenPods(item);
    if (uncounted) {
      const key = `${controllers.namespace}/${controllers.object}`;
      victims.add(key);
      return { ...item, health: { ...uncounted, waitingFor: key } };
    }
    const silent = webhookOf(health, moment);
    if (silent) webhooks.set(`${silent.namespace}/${silent.object}`, silent);
    const culprit = silent
      ? `${silent.namespace}/${silent.object}`
      : blameCluster({ health, pods, waitsInVain }, parts);
    if (culprit !== undefined) {
      victims.add(culprit);
      return { ...item, health: { ...health, waitingFor: culprit } };
    }
    return awaited && waitsInVain ? { ...item, health: inVain(item, awaited, moment.now) } : item;
  });
  return { items: blamed, parts: [...told(parts, victims), ...webhooks.values()] };
}

/** That a controller counts pods that are gone: it is not active. */
function unseenPods({ health, pods, workload }: Judged): Health | undefined {
  const counts = workload ? readyIn(workload) : 0;
  if (health.status !== 'healthy' || pods.length > 0 || counts === 0) return undefined;
  return verdict('degraded', 'NotObserved', {
    cause: `${counted(counts, 'pod')} of it should be ready, and there is none`,
  });
}

/** How many pods of a workload are ready, as its controller says. */
function readyIn({ status = {} }: Workload): number {
  const counts =
    'readyReplicas' in status ? status.readyReplicas : 'numberAvailable' in status && status.numberAvailable;
  return counts || 0;
}

/** Whether pods count of which none is there: who is not at work says why. */
export function missesPods({ workloads, pods }: Pick<Snapshot, 'workloads' | 'pods'>): boolean {
  const key = ({ namespace, labels }: Meta) => `${namespace}/${labels?.[labelKeys.instance]}`;
  const seen = new Set(pods.map(({ metadata }) => key(metadata)));
  return workloads.some(
    (each) =>
      readyIn(each) > 0 && each.metadata.labels?.[labelKeys.tier] !== undefined && !seen.has(key(each.metadata)),
  );
}

/** What autoscalers say that get no metrics. */
const noMetrics: readonly string[] = ['FailedGetResourceMetric', 'FailedComputeMetricsReplicas'];

/** How old that may be, in seconds: it is said once in 15 seconds. */
const recentSeconds = 600;

/** What autoscalers can't scale lately: by the name that they have in common with it. */
const withoutMetrics = ({ events = [], now }: Pick<Surroundings, 'now' | 'events'>): Set<string> =>
  new Set(
    events
      .filter((event) => event.involvedObject.kind === 'HorizontalPodAutoscaler')
      .filter(
        (event) => noMetrics.includes(event.reason ?? '') && (secondsSince(lastSeen(event), now) ?? 0) < recentSeconds,
      )
      .map(({ involvedObject: about }) => `${about.namespace}/${about.name}`),
  );

/** A wait for something that is healthy, for which nothing is to blame: it is told, and not believed for long. */
function inVain({ health, pods }: Judged, awaited: Judged, now: Date): Health {
  if (health.reason !== 'PodInitializing') return health;
  const pod = pods.find(({ metadata }) => metadata.name === health.pod);
  const readies = awaited.pods.map(
    ({ status }) =>
      status?.conditions?.find(({ type, status: holds }) => type === 'Ready' && holds === 'True')?.lastTransitionTime,
  );
  const waits = [pod?.status?.startTime, ...readies].map((each) => secondsSince(each, now) ?? Number.POSITIVE_INFINITY);
  const waited = Math.min(...waits);
  if (!Number.isFinite(waited) || waited <= patience.WaitingForHealthy) return health;
  const told = `${health.cause ?? health.reason}; ${health.waitingFor} has been healthy for ${span(waited)}`;
  return { ...health, status: isProblem(health) ? health.status : 'degraded', reason: 'WaitsInVain', cause: told };
}
