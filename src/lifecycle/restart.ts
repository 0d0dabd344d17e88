import { connect } from '../cluster/client.ts';
import { FailureError } from '../errors.ts';
import type { PlannedWorkload } from '../synth/plan.ts';
import { awaitHealth } from './await-health.ts';
import { eachOf } from './each-of.ts';
import { progressOn } from './progress.ts';
import { planned, plannedWorkload, synthesized } from './selection.ts';
import { type Started, type StartOptions, startProjects } from './start.ts';
import { mustRun } from './stop.ts';

/** Kinds whose pods are replaced when their template changes. */
const restartable = ['Deployment', 'StatefulSet'];

/**
 * Replaces a project's pods, or those of one service, and waits until the new ones are healthy.
 *
 * @throws FailureError if it does not run
 */
export async function restartProject(
  name: string,
  service: string | undefined,
  options: StartOptions,
): Promise<Started> {
  const { plan } = await synthesized(options.profile);
  const project = planned(plan, name);
  const chosen =
    service === undefined ? [...project.services, ...project.workloads] : [plannedWorkload(project, service)];
  const cluster = await connect(options);
  await mustRun(cluster, project);
  const jobs = service === undefined ? [] : chosen.filter(({ controller }) => controller?.kind === 'Job');
  for (const { controller } of jobs)
    await cluster.remove({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: controller?.name, namespace: project.name },
    });
  // What runs once is made again by a start.
  if (jobs.length > 0) return startProjects([project.name], options);
  const at = new Date().toISOString();
  const restarted = chosen.filter(isRestartable);
  await eachOf(restarted, async ({ object, controller }) => {
    const metadata = { name: controller?.name, namespace: project.name };
    // The annotation that `kubectl rollout restart` sets.
    const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
    const reference = { apiVersion: 'apps/v1', kind: controller?.kind ?? '', metadata };
    if (!(await cluster.patch(reference, { spec: { template: { metadata: { annotations } } } })))
      throw new FailureError(`${object} is not deployed`, `repoctl infra project start ${project.name}`);
    options.report(`restarting ${object}`);
  });
  await awaitHealth(cluster, [project], {
    plan,
    objects: restarted.map(({ object }) => object),
    timeoutSeconds: options.timeout,
    progress: progressOn(process.stderr),
  });
  return { namespaces: [project], context: cluster.context };
}

const isRestartable = ({ controller }: PlannedWorkload): boolean => restartable.includes(controller?.kind ?? '');
