import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { type CommandError, FailureError } from '../platform/errors.ts';
import { InterruptedError, interruptible } from '../platform/process/interrupt.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { counted, size } from '../platform/text.ts';
import { restoreBucket } from './bucket.ts';
import { openFile } from './checked-file.ts';
import { restoreClaim } from './claim.ts';
import { heldData } from './describe.ts';
import { latestBackup } from './folder.ts';
import { withObjectStore } from './object-store.ts';
import { areWorkloadsPaused, pauseWorkloads, resumeServices, resumeWorkloads } from './pause.ts';
import { planRestore, type RestorePlan } from './plan-restore.ts';
import { restoreDatabase, waitForPostgres } from './postgres.ts';
import { findSubject, type SubjectOptions } from './subject.ts';
import { type VerifiedBackup, verifyBackup } from './verify.ts';

export interface RestoreOptions extends SubjectOptions {
  /** Don't ask before data is replaced. */
  readonly yes?: boolean;
  /** Also the backup of another project, or one with parts that this one has no place for. */
  readonly force?: boolean;
  /** How long others that work on the project may take to be done, and what was stopped to answer again, in seconds. */
  readonly timeout: number;
}

/** What a restore is made with. */
interface Work {
  readonly cluster: Cluster;
  readonly backup: VerifiedBackup;
  readonly plan: RestorePlan;
  readonly signal: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Checks a backup and puts it in place of a project's data. The project's workloads are stopped meanwhile. After it was
 * cut short, the same again completes it.
 *
 * @param folder default: the newest backup of the project
 * @returns whether somebody consented
 * @throws UsageError if the backup is damaged, of a newer format, or of another project, or if nobody consents
 */
export async function restoreProject(
  name: string,
  folder: string | undefined,
  options: RestoreOptions,
): Promise<boolean> {
  const { root, environment, project, inventory } = findSubject(name, options.profile);
  const { report } = options;
  const cluster = await connectToChange(options);
  const chosen = folder === undefined ? await latestBackup(root, project.name) : resolve(folder);
  const backup = await verifyBackup(chosen);
  const plan = planRestore(backup.manifest, project.name, inventory, options.force);
  report(`${chosen}: whole, of ${backup.manifest.time}`);
  for (const line of plan.left) report(line);
  const leases = { ...options, environment: environment.namespace, namespaces: [project.namespace] };
  return withLeases(cluster, leases, async () => {
    // Stopped by a restore that was killed, they have to run to be asked.
    await resumeServices(cluster, [...inventory.immudb, ...inventory.claims]);
    const held = (await heldData(cluster, inventory)).filter(({ filled }) => filled);
    if (held.length > 0) {
      report(`This replaces the data of ${project.name}:`);
      for (const { line } of held) report(`  ${line}`);
      if (!(await confirm('Replace it?', options.yes))) {
        report('nothing was changed');
        return false;
      }
    }
    await interruptible((signal) => restoreAll(project.name, { cluster, backup, plan, signal, report }));
    report(`${project.name}: restored`);
    return true;
  });
}

async function restoreAll(project: string, work: Work): Promise<void> {
  const { cluster, report, signal } = work;
  // Every stream listens to it.
  setMaxListeners(0, signal);
  report(`${project}: its workloads are stopped`);
  const steps = stepsOf(work);
  const done: string[] = [];
  // Workloads that are still stopped are those of a restore that was cut short: there is half of the data already.
  let changing = await areWorkloadsPaused(cluster, project);
  try {
    await pauseWorkloads(cluster, project, signal);
    for (const { what, atomic, run } of steps) {
      changing ||= !atomic;
      report(`${what}: ${await run()}`);
      changing = true;
      done.push(what);
    }
  } catch (error) {
    // On half of the data nothing must run.
    if (changing)
      throw halfDone(
        project,
        error,
        steps.slice(done.length).map(({ what }) => what),
      );
    await resumeWorkloads(cluster, project);
    throw error;
  }
  await resumeWorkloads(cluster, project);
  report(`${project}: its workloads are started again`);
}

function halfDone(project: string, error: unknown, missing: readonly string[]): CommandError {
  const Failure = error instanceof InterruptedError ? InterruptedError : FailureError;
  return new Failure(
    `${(error as Error).message}\n  Not restored: ${missing.join(', ')}. The workloads of ${project} stay stopped`,
    `The same command again completes it; repoctl infra project start ${project} starts the workloads as it is`,
    { cause: error },
  );
}

/** A part of a restore. */
interface Step {
  readonly what: string;
  /** Whether it happens as a whole or not at all. */
  readonly atomic: boolean;
  /** @returns what has been done */
  run(): Promise<string>;
}

function stepsOf({ cluster, backup, plan, signal, report }: Work): Step[] {
  const { folder, objects } = backup;
  return [
    ...plan.databases.map(
      ({ server, database, file }): Step => ({
        what: `${server.service} database ${database}`,
        atomic: true,
        async run() {
          await waitForPostgres(cluster, server, { signal, report });
          const own = { foreign: plan.foreign, signal };
          await restoreDatabase(cluster, server, database, openFile(folder, file.path), own);
          return size(file.bytes);
        },
      }),
    ),
    ...plan.folders.map(
      ({ server, file }): Step => ({
        what: server.service,
        atomic: true,
        async run() {
          report(`${server.service}: is stopped while its folder is replaced`);
          await restoreClaim(cluster, server, () => openFile(folder, file.path), file.sha256, signal);
          return `${size(file.bytes)}, and running again`;
        },
      }),
    ),
    ...plan.buckets.map(
      ({ store, bucket, from }): Step => ({
        what: `${store.service} bucket ${bucket}`,
        atomic: false,
        async run() {
          const entries = objects.get(from) ?? [];
          const restore = (client: Parameters<typeof restoreBucket>[0]) =>
            restoreBucket(client, bucket, folder, entries, signal);
          const deleted = await withObjectStore(cluster, store, restore, signal);
          return `${counted(entries.length, 'object')}${deleted > 0 ? `, ${counted(deleted, 'other')} deleted` : ''}`;
        },
      }),
    ),
  ];
}
