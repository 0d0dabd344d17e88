import { typeMeta } from '../../charts/common/api-versions.ts';
import type { Cluster } from '../cluster/client.ts';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { eachOf } from '../platform/each-of.ts';
import { FailureError } from '../platform/errors.ts';
import { mustBeRight } from '../synth/last-good.ts';
import type { PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import {
  globalTier,
  leaseOrder,
  planned,
  plannedWorkload,
  type Synthesized,
  synthesized,
  withAwaited,
} from '../synth/plan-queries.ts';
import { refuseOtherProfile } from '../tilt/find-session.ts';
import { awaitHealth } from './await-health.ts';
import { progressOn } from './progress.ts';
import { type Started, type StartOptions, start } from './start.ts';
import { sessionFor } from './start-by-tilt.ts';
import { mustRun } from './stop.ts';

/** On a pod template: when its pods were last replaced without another change. */
const restartedAnnotation = 'repoctl.dev/restarted-at';

/** A workload whose pods are replaced when their template changes. */
type Restartable = PlannedWorkload & {
  readonly controller: { readonly kind: 'Deployment' | 'StatefulSet'; readonly name: string };
};

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
  const made = await synthesized(options.profile);
  const { plan } = made;
  const project = planned(plan, name);
  const chosen =
    service === undefined ? [...project.services, ...project.workloads] : [plannedWorkload(project, service)];
  const jobs = service === undefined ? [] : chosen.filter(({ controller }) => controller?.kind === 'Job');
  const started = withAwaited(plan, [project]);
  const cluster = await connectToChange(options);
  const namespaces = leaseOrder(plan, jobs.length > 0 ? started : [project]);
  return withLeases(cluster, { ...options, environment: plan.environment, namespaces }, async () => {
    await mustRun(cluster, project);
    if (jobs.length > 0) mustBeRight(made.mistakes, started);
    if (jobs.length === 0) return restart(cluster, made, project, chosen.filter(isRestartable), options);
    const session = await sessionFor(made, cluster);
    if (session) {
      refuseOtherProfile(session, plan.profile);
      const objects = jobs.map(({ object }) => object);
      options.report(`Tilt runs ${objects.join(', ')} again`);
      await session.trigger(objects, options);
      return awaited(cluster, made, project, objects, { ...options, byTilt: true });
    }
    for (const { controller } of jobs)
      await cluster.remove({
        ...typeMeta('Job'),
        metadata: { name: controller?.name, namespace: project.name },
      });
    // What runs once is made again by a start.
    return start(cluster, made, [globalTier(plan), ...started], options);
  });
}

async function restart(
  cluster: Cluster,
  made: Synthesized,
  project: PlannedNamespace,
  restarted: readonly Restartable[],
  options: StartOptions,
): Promise<Started> {
  const at = new Date().toISOString();
  await eachOf(restarted, async ({ object, controller }) => {
    const metadata = { name: controller.name, namespace: project.name };
    const annotations = { [restartedAnnotation]: at };
    const reference = { ...typeMeta(controller.kind), metadata };
    if (!(await cluster.patch(reference, { spec: { template: { metadata: { annotations } } } })))
      throw new FailureError(`${object} is not deployed`, `repoctl infra project start ${project.name}`);
    options.report(`restarting ${object}`);
  });
  return awaited(
    cluster,
    made,
    project,
    restarted.map(({ object }) => object),
    { ...options, byTilt: false },
  );
}

/** Waits until the objects of a project are healthy. */
async function awaited(
  cluster: Cluster,
  { plan }: Synthesized,
  project: PlannedNamespace,
  objects: readonly string[],
  { timeout, byTilt, signal }: StartOptions & { readonly byTilt: boolean },
): Promise<Started> {
  const progress = progressOn(process.stderr);
  await awaitHealth(cluster, [project], { plan, objects, timeoutSeconds: timeout, progress, signal });
  return { namespaces: [project], context: cluster.context, byTilt };
}

const isRestartable = (workload: PlannedWorkload): workload is Restartable =>
  ['Deployment', 'StatefulSet'].includes(workload.controller?.kind ?? '');
