import { relative } from 'node:path';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { describeData, eraseShared, unsavedClaims } from '../backup/erase.ts';
import { findSubject } from '../backup/subject.ts';
import { type Cluster, connectToChange } from '../cluster/client.ts';
import { withLeases } from '../cluster/lease.ts';
import { removeAndWait } from '../cluster/remove-and-wait.ts';
import { eachOf } from '../platform/each-of.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { mustBeRight } from '../synth/last-good.ts';
import { globalTier, leaseOrder, planned, synthesized, withAwaited } from '../synth/plan-queries.ts';
import { type StartOptions, start } from './start.ts';
import { ownLabels, runningProjects, stopNamespace } from './stop.ts';

export interface ResetOptions extends StartOptions {
  /** Don't ask. */
  readonly yes?: boolean;
  /** Take a backup before. */
  readonly backup: boolean;
}

/** Deletes a project's data: its claims, its buckets' objects, its Redis database. What ran before runs again after. */
export async function resetProject(name: string, options: ResetOptions): Promise<void> {
  const made = await synthesized(options.profile);
  const { plan, root } = made;
  const project = planned(plan, name);
  // It starts again what it has stopped.
  mustBeRight(made.mistakes, withAwaited(plan, [project]));
  const cluster = await connectToChange(options);
  const lines = await describeData(cluster, root, project.name);
  if (lines.length === 0) return options.report(`${project.name} has no data`);
  options.report(`This deletes the data of ${project.name}:`);
  for (const line of lines) options.report(`  ${line}`);
  const unsaved = await unsavedClaims(cluster, findSubject(project.name, options.profile), ownLabels(project.labels));
  if (options.backup && unsaved.length > 0) options.report('No backup has, and so is lost for good:');
  if (options.backup) for (const claim of unsaved) options.report(`  claim ${claim}`);
  const after = options.backup
    ? `A backup${unsaved.length > 0 ? ' of the rest' : ''} is taken first.`
    : 'No backup is taken.';
  if (!(await confirm(`${after} Delete it?`, options.yes))) return options.report('nothing was changed');
  const started = withAwaited(plan, [project]);
  const startAgain = (how: Pick<StartOptions, 'keepData'> = {}) =>
    start(cluster, made, [globalTier(plan), ...started], { ...options, ...how });
  await withLeases(
    cluster,
    { ...options, environment: plan.environment, namespaces: leaseOrder(plan, started) },
    async () => {
      const ran = (await runningProjects(cluster, plan.environment)).includes(project.name);
      let undo: string | undefined;
      if (options.backup) {
        const { saveProject } = await import('../backup/backup.ts');
        // What is not running can't be asked for its data.
        if (!ran) await startAgain({ keepData: true });
        const { folder } = await saveProject(cluster, findSubject(project.name, options.profile), options);
        undo = `repoctl infra project restore ${project.name} ${relative(process.cwd(), folder)}`;
      }
      await stopNamespace(cluster, project, options);
      await eraseShared(cluster, root, project.name, options);
      await removeClaims(cluster, project.name, ownLabels(project.labels), options);
      await removeJobs(cluster, project.name, ownLabels(project.labels));
      options.report(`${project.name}: its data is gone${undo ? `; to have it back: ${undo}` : ''}`);
      if (ran) await startAgain();
    },
  );
}

async function removeClaims(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  { report, signal }: ResetOptions,
): Promise<void> {
  const claims = await cluster.list<ManifestObject>('v1', 'PersistentVolumeClaim', { namespace, labels });
  for (const { metadata } of claims) {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
    await removeAndWait(cluster, claim, { patience: 120, signal });
    report(`${namespace}: removed claim ${metadata?.name}`);
  }
}

/** What has run once, such as migrations, has to run again. */
async function removeJobs(cluster: Cluster, namespace: string, labels: Readonly<Record<string, string>>) {
  const jobs = await cluster.list<ManifestObject>('batch/v1', 'Job', { namespace, labels });
  await eachOf(jobs, ({ metadata }) => cluster.remove({ apiVersion: 'batch/v1', kind: 'Job', metadata }));
}
