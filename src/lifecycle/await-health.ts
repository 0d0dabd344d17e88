import type { Cluster } from '../cluster/client.ts';
import { ClusterError, exitCodes, FailureError, TimeoutError } from '../platform/errors.ts';
import { deepChecks } from '../status/deep/deep-checks.ts';
import { asHealth } from '../status/deep/finding.ts';
import { type Awaited, awaitReport } from '../status/live/await-report.ts';
import { isHopeless } from '../status/live/wait.ts';
import { assemble } from '../status/report/assemble.ts';
import { viewOf } from '../status/report/expected.ts';
import type { Report, ServiceReport } from '../status/report/report.ts';
import { refusalAdvice, refusalText } from '../status/rules/absent.ts';
import type { Pod } from '../status/rules/objects.ts';
import { type Health, worst } from '../status/rules/verdict.ts';
import type { Plan, PlannedNamespace } from '../synth/plan.ts';
import { LastLines, type Lines } from './last-lines.ts';
import { logLines, type Progress, reasonText, type Shown } from './progress.ts';

export interface AwaitOptions {
  readonly plan: Plan;
  readonly timeoutSeconds: number;
  /** Names of the objects that are waited for. @default all of the namespaces */
  readonly objects?: readonly string[];
  readonly progress: Progress;
  /** How the message ends when something can't become healthy. @default that the rest stays */
  readonly outlook?: string;
  /** Stops the wait, which then throws its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until all that namespaces should run is healthy, or stopped as it should be: judged as `status --wait` does.
 *
 * @throws FailureError as soon as something can't become so, with its cause; TimeoutError with what isn't by then;
 *   ClusterError if nothing can be read
 */
export async function awaitHealth(
  cluster: Cluster,
  namespaces: readonly PlannedNamespace[],
  { plan, timeoutSeconds, objects, progress, outlook = 'The rest stays as it is', signal }: AwaitOptions,
): Promise<void> {
  if (namespaces.length === 0) return;
  const lastLines = new LastLines(cluster);
  const names = namespaces.map(({ name }) => name);
  let parts: readonly ServiceReport[] = [];
  try {
    const awaited = await awaitReport(
      {
        cluster,
        view: viewOf(plan),
        mustRun: () => true,
        judge: (snapshot) => {
          const report = assemble(plan, snapshot, cluster.context);
          parts = report.tiers.filter(({ tier }) => tier === 'cluster').flatMap(({ services }) => services);
          return partOf(report, names, objects);
        },
      },
      {
        timeoutSeconds,
        // What was applied is up; that it stays so is what `status` is for.
        stableSeconds: 0,
        signal,
        show: async ({ report }, { pods }) => {
          progress.show([...shownOf(report), ...parts], await lastLines.of(servicesOf(report), pods));
        },
      },
    );
    if (awaited.exitCode !== exitCodes.ok) throw await failure(awaited);
  } finally {
    progress.end();
  }

  async function failure({ exitCode, report, snapshot, stale }: Awaited): Promise<Error> {
    const [refused] = report.unseen;
    if (exitCode === exitCodes.cluster)
      return new ClusterError(
        `can't tell whether ${names.join(', ')} is healthy${refused ? `: ${refusalText(refused)}` : ''}`,
        refused && refusalAdvice(refused, { now: report.at, context: cluster.context }),
      );
    const causes = [...parts, ...(await rejections(cluster, plan, snapshot.pods))];
    if (exitCode === exitCodes.unhealthy) {
      const failed = shownOf(report).filter(({ health }) => isHopeless(health));
      return new FailureError(
        [...told(causes), listed(failed), outlook].filter((line) => line !== '').join('\n'),
        advice([...causes, ...failed]),
      );
    }
    const waiting = shownOf(report).filter(({ health }) => !isSettled(health));
    const lines = await lastLines.latest(servicesOf(report), snapshot.pods);
    const away = stale ? [`the cluster does not answer: ${stale.message}`] : [];
    return new TimeoutError(
      `not healthy within ${timeoutSeconds} s:\n${[...away, ...told(causes), listed(waiting, lines)].join('\n')}`,
      advice([...causes, ...waiting]),
    );
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

/** The part of a report that is waited for: what is planned of namespaces. What was left behind there holds up nothing. */
function partOf(report: Report, names: readonly string[], objects: readonly string[] | undefined): Report {
  const tiers = report.tiers
    .filter(({ name, tier }) => tier !== 'cluster' && names.includes(name))
    .map((tier) => {
      const services = tier.services.filter(
        ({ object, planned }) => planned !== false && (objects?.includes(object) ?? true),
      );
      const healths = [...(tier.health ? [tier.health] : []), ...services.map(({ health }) => health)];
      return { ...tier, services, status: worst(healths)?.status ?? 'healthy' };
    });
  return { ...report, tiers };
}

const servicesOf = ({ tiers }: Report): ServiceReport[] => tiers.flatMap(({ services }) => services);

/** The parts of a report whose progress is shown: its services, and the namespaces with a problem. */
const shownOf = (report: Report): Shown[] => [
  ...report.tiers.flatMap(({ name, health }) => (health ? [{ object: name, health }] : [])),
  ...servicesOf(report),
];

const isSettled = ({ status }: Health): boolean => status === 'healthy' || status === 'stopped';

const listed = (items: readonly Shown[], lines: Lines = new Map()): string =>
  items
    .flatMap(({ object, health }) => [`${object}: ${reasonText(health)}`, ...logLines(lines.get(object))])
    .join('\n');

/**
 * What services that look healthy say in their own protocols, and makes others fail: that a password is not the one that
 * they know, that a disk is full.
 */
async function rejections(cluster: Cluster, { namespaces }: Plan, pods: readonly Pod[]): Promise<Shown[]> {
  const services = new Set(namespaces.flatMap((each) => each.services.map(({ object }) => object)));
  // There is time now, and a machine that is busy answers late.
  const findings = await deepChecks(cluster, namespaces, pods, { timeoutMs: 10_000 });
  return findings
    .filter(({ object, status }) => services.has(object) && status === 'degraded')
    .map((finding) => ({ object: finding.object, health: asHealth(finding) }));
}

const told = (items: readonly Shown[]): string[] =>
  items.map(({ object, health }) => `${object}: ${reasonText(health)}`);

const advice = (items: readonly Shown[]): string | undefined =>
  items.find(({ health }) => health.advice)?.health.advice;
