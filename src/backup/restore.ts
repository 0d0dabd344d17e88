import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { type CommandError, FailureError, UsageError } from '../platform/errors.ts';
import { InterruptedError, interruptible } from '../platform/process/interrupt.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { isPlanned, projectCalled } from '../synth/left-behind.ts';
import { synthesized } from '../synth/plan-queries.ts';
import type { DataStore, HeldData, PlacedPart, Work } from './data-store.ts';
import { latestBackup } from './folder.ts';
import { areWorkloadsPaused, pauseWorkloads, resumeServices, resumeWorkloads } from './pause.ts';
import { planRestore } from './plan-restore.ts';
import { findSubject, type Subject, type SubjectOptions } from './stored-project.ts';
import { verifyBackup } from './verify.ts';

export interface RestoreOptions extends SubjectOptions {
  /** Don't ask before data is replaced. */
  readonly yes?: boolean;
  /** Also the backup of another project, or one with parts that this one has no place for. */
  readonly force?: boolean;
  /** How long others that work on the project may take to be done, and what was stopped to answer again, in seconds. */
  readonly timeout: number;
}

/**
 * Checks a backup and puts it in place of a project's data. The project's workloads are stopped meanwhile. If it is
 * interrupted, run it again to finish.
 *
 * @param folder default: the newest backup of the project
 * @returns the short name of the project; `undefined` if nobody consented
 * @throws UsageError if the project is not in the configuration, the backup is damaged, of a newer format, or of another
 * project, or if nobody consents
 */
export async function restoreProject(
  name: string,
  folder: string | undefined,
  options: RestoreOptions,
): Promise<string | undefined> {
  const { report } = options;
  const { root, plan: made } = await synthesized(options.profile, { runCharts: false });
  const cluster = await connectToChange(options);
  const found = await projectCalled(cluster, made, name);
  if (!isPlanned(found))
    throw new UsageError(
      `${found.project} is not in the configuration`,
      'Name a project of the configuration, or check out a branch that has this one',
    );
  const { environment, project, stores } = findSubject(found.project ?? found.name, options.profile, root);
  const chosen = folder === undefined ? await latestBackup(root, project.name) : resolve(folder);
  const { folder: path, manifest } = await verifyBackup(chosen);
  const plan = planRestore(manifest, project.name, stores, options.force);
  report(`${chosen}: whole, of ${manifest.time}`);
  for (const line of plan.left) report(line);
  const leases = { ...options, environment: environment.namespace, namespaces: [project.namespace] };
  return withLeases(cluster, leases, async () => {
    // Stopped by a restore that was killed, they have to run to be asked.
    await resumeServices(
      cluster,
      stores
        .filter(({ isWorkloads }) => !isWorkloads)
        .map(({ server }) => server)
        .filter(({ namespace }) => namespace === project.namespace),
    );
    const held = (await heldData(cluster, stores)).filter(({ filled }) => filled);
    if (held.length > 0) {
      report(`This replaces the data of ${project.name}:`);
      for (const { line } of held) report(`  ${line}`);
      if (!(await confirm('Replace it?', options.yes))) {
        report('nothing was changed');
        return undefined;
      }
    }
    await interruptible((signal) => restoreAll(project, plan.parts, { cluster, folder: path, signal, report }));
    report(`${project.name}: restored`);
    return project.name;
  });
}

/** What a project has of all that a backup holds. Its services must run. */
async function heldData(cluster: Cluster, stores: readonly DataStore[]): Promise<HeldData[]> {
  const held: HeldData[] = [];
  for (const { server, copies, describe } of stores) {
    if (typeof copies === 'string') continue;
    // What is in it only its own program knows.
    held.push(
      ...((await describe?.(cluster)) ?? [
        { line: `${server.service}: all files of the claim ${server.claim}`, filled: true },
      ]),
    );
  }
  return held;
}

async function restoreAll(project: Subject['project'], parts: readonly PlacedPart[], work: Work): Promise<void> {
  const { cluster, report, signal } = work;
  // Every stream listens to it.
  setMaxListeners(0, signal);
  report(`${project.name}: its workloads are stopped`);
  const done: string[] = [];
  // Workloads that are still stopped are those of a restore that was cut short: there is half of the data already.
  let changing = await areWorkloadsPaused(cluster, project);
  try {
    await pauseWorkloads(cluster, project, signal);
    for (const { what, atomic, restore } of parts) {
      changing ||= !atomic;
      report(`${what}: ${await restore(work)}`);
      changing = true;
      done.push(what);
    }
  } catch (error) {
    // On half of the data nothing must run.
    if (changing)
      throw halfDone(
        project.name,
        error,
        parts.slice(done.length).map(({ what }) => what),
      );
    await resumeWorkloads(cluster, project);
    throw error;
  }
  await resumeWorkloads(cluster, project);
  report(`${project.name}: its workloads are started again`);
}

function halfDone(project: string, error: unknown, missing: readonly string[]): CommandError {
  const Failure = error instanceof InterruptedError ? InterruptedError : FailureError;
  return new Failure(
    `${(error as Error).message}\n  Not restored: ${missing.join(', ')}. The workloads of ${project} stay stopped`,
    `Run the same command again to finish; repoctl infra project start ${project} starts the workloads as it is`,
    { cause: error },
  );
}
