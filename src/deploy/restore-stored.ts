import { areWorkloadsPaused, pauseWorkloads, resumeWorkloads } from '../backup/pause.ts';
import { withLeases } from '../cluster/lease.ts';
import { mustBeOwn } from '../cluster/namespaces.ts';
import { awaitHealth } from '../lifecycle/await-health.ts';
import { progressOn } from '../lifecycle/progress.ts';
import { FailureError, UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { confirm } from '../platform/terminal/ask.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import { planned } from '../synth/plan-queries.ts';
import { claimantOf, type TargetOptions, targetOf } from './diff.ts';
import { backupTemplate, removeRestoreJobs, runRestoreJob, type StoredBackups } from './restore-job.ts';

export interface RestoreStoredOptions extends TargetOptions {
  /** Time of the backup, as in the bucket: `2026-11-27T02-00-04Z`. @default the newest complete one */
  readonly at?: string;
  readonly yes?: boolean;
  /** How long to wait for other commands, and for health, in seconds. The restore has the time limit of the backups. */
  readonly timeout: number;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Puts a scheduled backup in place of the databases of a service on a real cluster: stops the project's workloads, runs the
 * restore in a job beside the service, and starts them again.
 *
 * @param name `PROJECT`, or `PROJECT/SERVICE` where more than one has backups
 * @throws UsageError if there is no such service, or nobody consents
 * @throws FailureError with what the job said; where it had begun to change something, the workloads stay stopped
 */
export async function restoreStored(name: string, options: RestoreStoredOptions): Promise<void> {
  const { profile, report, at, timeout, signal } = options;
  const [called = '', service] = name.split('/');
  const target = await targetOf([called], options, (development) => {
    if (!development) return;
    throw new UsageError(
      `the profile ${profile} is for development, and has no scheduled backups`,
      `repoctl infra project restore ${called} --latest`,
    );
  });
  const { cluster, made } = target;
  report(`context ${cluster.context} (${cluster.server})`);
  const namespace = planned(made.plan, called);
  const stored = storedBackups(namespace, service, profile);
  await mustBeOwn(cluster, [namespace.name], claimantOf(target, options));
  const project = { name: namespace.project ?? called, namespace: namespace.name };
  const what = at === undefined ? 'the newest backup' : `the backup of ${at}`;
  const question = `Replace the databases of ${project.name}/${stored.service} on ${cluster.context} with ${what}?`;
  if (!(await confirm(question, options.yes))) return report('nothing was changed');
  const leases = { ...options, ...claimantOf(target, options), namespaces: [namespace.name] };
  await withLeases(cluster, leases, async () => {
    // Stopped by a restore that was cut short, they have half of the data.
    const earlier = await areWorkloadsPaused(cluster, project);
    const template = await backupTemplate(cluster, stored);
    await removeRestoreJobs(cluster, stored);
    report(`${project.name}: its workloads are stopped`);
    const { lines, succeeded, job } = await stopped(project.name, async () => {
      await pauseWorkloads(cluster, project, signal);
      return runRestoreJob(cluster, stored, template, at ?? 'latest', signal);
    });
    for (const line of lines) report(line);
    // What the script says of each database: each is restored as a whole or not at all.
    const changed = lines.some((line) => line.startsWith('database ') && !line.endsWith(' is unchanged'));
    if (!succeeded && (changed || earlier))
      throw new FailureError(
        `the restore did not end: ${lines.at(-1) ?? `see the job ${job}`}\n  The workloads of ${project.name} stay stopped`,
        `Run the same command again to finish; repoctl deploy ${project.name} starts the workloads as it is`,
      );
    await resumeWorkloads(cluster, project);
    report(`${project.name}: its workloads are started again`);
    if (!succeeded)
      throw new FailureError(
        `nothing was restored: ${lines.at(-1) ?? `see the job ${job}`}`,
        `kubectl --context ${cluster.context} logs job/${job} -n ${namespace.name}`,
      );
  });
  await awaitHealth(cluster, [namespace], {
    plan: made.plan,
    timeoutSeconds: timeout,
    progress: progressOn(process.stderr),
    signal,
  });
}

/** Does something for which workloads are stopped; an error says that they stay so. */
async function stopped<Result>(project: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const Failure = error instanceof InterruptedError ? InterruptedError : FailureError;
    throw new Failure(
      `${(error as Error).message}\n  It is not known what was restored. The workloads of ${project} stay stopped`,
      'Run the same command again to finish',
      { cause: error },
    );
  }
}

/** The cron job that backs a service up. */
function storedBackups(
  { name, project, workloads, services }: PlannedNamespace,
  given: string | undefined,
  profile: string,
) {
  const backedUp = services.flatMap((service): StoredBackups[] => {
    const cronJob = workloads.find(
      (each) => each.controller?.kind === 'CronJob' && each.name === `${service.name}-backup`,
    );
    return cronJob ? [{ service: service.name, cronJob: cronJob.object, namespace: name }] : [];
  });
  const names = backedUp.map(({ service }) => service);
  const found =
    given === undefined && backedUp.length === 1 ? backedUp[0] : backedUp.find((each) => each.service === given);
  if (found) return found;
  const cluster = services.find(({ controller, name }) => controller?.kind === 'Cluster' && name === (given ?? name));
  if (cluster)
    throw new UsageError(
      `${project}/${cluster.name} is a Cluster of CloudNativePG, which begins with the data of an archive`,
      `Give services.${cluster.name}.cluster.recovery in project.yaml: docs/production.md tells the steps`,
    );
  if (names.length === 0)
    throw new UsageError(
      `${project} has no service with scheduled backups in the profile ${profile}`,
      `Give profiles.${profile}.backup in repoctl.yaml, and deploy`,
    );
  throw new UsageError(
    given === undefined
      ? `${project} has more than one service with backups`
      : `no service "${given}" of ${project} has backups`,
    given === undefined
      ? `Name one: ${names.map((each) => `${project}/${each}`).join(', ')}`
      : suggestion(given, names),
  );
}
