import type { Cluster } from '../cluster/client.ts';
import { FailureError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { type Item, judge } from '../status/assessment/judge.ts';
import { observe } from '../status/assessment/observe.ts';
import { deepChecks } from '../status/deep/deep-checks.ts';
import { asHealth } from '../status/deep/finding.ts';
import type { Pod } from '../status/rules/objects.ts';
import type { Plan, PlannedNamespace } from '../synth/plan.ts';
import { LastLines, type Lines } from './last-lines.ts';
import { logLines, type Progress, reasonText } from './progress.ts';

export interface AwaitOptions {
  readonly plan: Plan;
  readonly timeoutSeconds: number;
  /** Names of the objects that are waited for. @default all of the namespaces */
  readonly objects?: readonly string[];
  readonly progress: Progress;
}

const pollMilliseconds = 1000;

/** How often something must look hopeless in a row: what was just applied may still show what was before. */
const looks = 3;

/**
 * Waits until all that namespaces should run is healthy, or stopped as it should be.
 *
 * @throws FailureError as soon as something can't become so, with its cause
 * @throws TimeoutError with what isn't by then
 */
export async function awaitHealth(
  cluster: Cluster,
  namespaces: readonly PlannedNamespace[],
  { plan, timeoutSeconds, objects, progress }: AwaitOptions,
): Promise<void> {
  const names = namespaces.map(({ name }) => name);
  const isAwaited = ({ namespace, object }: Item) => names.includes(namespace) && (objects?.includes(object) ?? true);
  const hopeless = new Map<string, number>();
  const lastLines = new LastLines(cluster);
  let waiting: readonly Item[] = [];
  let pods: readonly Pod[] = [];
  const deeper = () => rejections(cluster, plan, pods);
  const isHealthy = async () => {
    const observed = await observe(cluster, plan.environment);
    pods = observed.pods;
    const surroundings = { now: new Date(), context: cluster.context };
    const items = judge(plan.namespaces, observed, surroundings).filter(isAwaited);
    progress.show(items, await lastLines.of(items));
    waiting = items.filter(({ health }) => health.status !== 'healthy' && health.status !== 'stopped');
    if (waiting.length === 0) return true;
    for (const { object, health } of items) hopeless.set(object, health.terminal ? (hopeless.get(object) ?? 0) + 1 : 0);
    const failed = waiting.filter(({ object }) => (hopeless.get(object) ?? 0) >= looks);
    if (failed.length > 0) {
      const causes = await deeper();
      throw new FailureError(
        `${[...told(causes), listed(failed)].join('\n')}\nThe rest stays as it is`,
        advice([...causes, ...failed]),
      );
    }
    return false;
  };
  const expired = async () => {
    const [causes, lines] = await Promise.all([deeper(), lastLines.latest(waiting)]);
    return new TimeoutError(
      `not healthy within ${timeoutSeconds} s:\n${[...told(causes), listed(waiting, lines)].join('\n')}`,
      advice([...causes, ...waiting]),
    );
  };
  try {
    await poll(isHealthy, expired, { timeout: timeoutSeconds * 1000, interval: pollMilliseconds });
  } finally {
    progress.end();
  }
}

/** Waits until objects of any namespaces are healthy, by their names. */
export const healthyAmong =
  (cluster: Cluster, waiting: Omit<AwaitOptions, 'objects'>) =>
  (objects: readonly { readonly namespace: string; readonly name: string }[]): Promise<void> =>
    awaitHealth(
      cluster,
      waiting.plan.namespaces.filter(({ name }) => objects.some(({ namespace }) => namespace === name)),
      { ...waiting, objects: objects.map(({ name }) => name) },
    );

const listed = (items: readonly Item[], lines: Lines = new Map()): string =>
  items
    .flatMap(({ object, health }) => [`${object}: ${reasonText(health)}`, ...logLines(lines.get(object))])
    .join('\n');

type Named = Pick<Item, 'object' | 'health'>;

/**
 * What services that look healthy say in their own protocols, and makes others fail: that a password is not the one that
 * they know, that a disk is full.
 */
async function rejections(cluster: Cluster, { namespaces }: Plan, pods: readonly Pod[]): Promise<Named[]> {
  const services = new Set(namespaces.flatMap((each) => each.services.map(({ object }) => object)));
  // There is time now, and a machine that is busy answers late.
  const findings = await deepChecks(cluster, namespaces, pods, { timeoutMs: 10_000 });
  return findings
    .filter(({ object, status }) => services.has(object) && status === 'degraded')
    .map((finding) => ({ object: finding.object, health: asHealth(finding) }));
}

const told = (items: readonly Named[]): string[] =>
  items.map(({ object, health }) => `${object}: ${reasonText(health)}`);

const advice = (items: readonly Named[]): string | undefined =>
  items.find(({ health }) => health.advice)?.health.advice;
