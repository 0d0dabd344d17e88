import { type RestoreOptions, restoreProject } from '../backup/restore.ts';
import { connect } from '../cluster/connect.ts';
import { planned, synthesized } from '../synth/plan-queries.ts';
import { awaitHealth } from './await-health.ts';
import { progressOn } from './progress.ts';

/**
 * Puts a backup in place of a project's data, and waits until what was stopped for it answers again.
 *
 * @param folder default: the newest backup of the project
 * @throws as `restoreProject`; FailureError or TimeoutError if it does not answer
 */
export async function restoreRunning(name: string, folder: string | undefined, options: RestoreOptions): Promise<void> {
  const restored = await restoreProject(name, folder, options);
  if (restored === undefined) return;
  const { plan } = await synthesized(options.profile, { runCharts: false });
  const project = planned(plan, restored);
  options.report(`waiting for ${project.name}`);
  const waiting = { plan, timeoutSeconds: options.timeout, progress: progressOn(process.stderr) };
  await awaitHealth(await connect(options), [project], waiting);
}
