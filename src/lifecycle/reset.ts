import { relative } from 'node:path';
import { describeData, eraseShared, unsavedLines } from '../backup/erase.ts';
import { findSubject } from '../backup/stored-project.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { mustBeOwn } from '../cluster/namespaces.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { mustBeRight } from '../synth/last-good.ts';
import { isPlanned, projectCalled } from '../synth/left-behind.ts';
import { globalTier, leaseOrder, synthesized, withAwaited } from '../synth/plan-queries.ts';
import { removeClaims, removeJobs } from './remove-data.ts';
import { type ResetOptions, resetLeft } from './reset-left.ts';
import { makeNamespaces, type StartOptions, start } from './start.ts';
import { ownLabels, runningProjects, stopNamespace } from './stop.ts';

/** Deletes a project's data: its claims, its buckets' objects, its Redis database. What ran before runs again after. */
export async function resetProject(name: string, options: ResetOptions): Promise<void> {
  const made = await synthesized(options.profile);
  const { plan, root } = made;
  const cluster = await connectToChange(options);
  const project = await projectCalled(cluster, plan, name);
  if (!isPlanned(project)) return resetLeft(cluster, project, made, options);
  await mustBeOwn(cluster, [project.name], { environment: plan.environment, adopt: options.adopt });
  // It starts again what it has stopped.
  mustBeRight(made.mistakes, withAwaited(plan, [project]));
  const subject = findSubject(project.project ?? project.name, options.profile, root);
  const lines = await describeData(cluster, subject, ownLabels(project.labels));
  if (lines.length === 0) return options.report(`${project.name} has no data`);
  options.report(`This deletes the data of ${project.name}:`);
  for (const line of lines) options.report(`  ${line}`);
  const unsaved = options.backup ? await unsavedLines(cluster, subject, ownLabels(project.labels)) : [];
  for (const line of unsaved) options.report(line);
  const after = options.backup
    ? `A backup${unsaved.length > 0 ? ' of the rest' : ''} is taken first.`
    : 'No backup is taken.';
  if (!(await confirm(`${after} Delete it?`, options.yes))) return options.report('nothing was changed');
  const started = withAwaited(plan, [project]);
  const namespaces = [globalTier(plan), ...started];
  const startAgain = (how: Pick<StartOptions, 'keepData'> = {}) =>
    start(cluster, made, namespaces, { ...options, ...how });
  // What is saved has to run, also where only the shared services have data of it.
  if (options.backup) await makeNamespaces(cluster, made, namespaces, options);
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
        const { folder } = await saveProject(cluster, subject, options);
        undo = `repoctl infra project restore ${project.name} ${relative(process.cwd(), folder)}`;
      }
      await stopNamespace(cluster, made, project, options);
      await eraseShared(cluster, subject, options);
      await removeClaims(cluster, project.name, ownLabels(project.labels), options);
      await removeJobs(cluster, project.name, ownLabels(project.labels));
      options.report(`${project.name}: its data is gone${undo ? `; to have it back: ${undo}` : ''}`);
      if (ran) await startAgain();
    },
  );
}
