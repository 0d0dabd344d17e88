import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { connectToChange } from '../cluster/connect.ts';
import { buildImages } from '../kind-cluster/images/build.ts';
import { UsageError } from '../platform/errors.ts';
import { mustBeRight } from '../synth/last-good.ts';
import type { PlannedImage, PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import { planned, plannedWorkload, synthesized } from '../synth/plan-queries.ts';
import { refuseOtherProfile } from '../tilt/find-session.ts';
import { awaitHealth } from './await-health.ts';
import { podTemplateOf, readManifest } from './manifests.ts';
import { progressOn } from './progress.ts';
import { type Started, type StartOptions, startOn } from './start.ts';
import { sessionFor } from './start-by-tilt.ts';
import { runningProjects } from './stop.ts';

/**
 * Builds a project's images, or the one of a service, again; what runs and has changed is replaced.
 *
 * @throws UsageError if the project, or the service, builds no image
 */
export async function rebuildProject(
  name: string,
  service: string | undefined,
  options: StartOptions,
): Promise<Started | undefined> {
  const made = await synthesized(options.profile);
  const { root, out, plan, mistakes } = made;
  const project = planned(plan, name);
  mustBeRight(mistakes, [project]);
  const images = service === undefined ? project.images : imagesOf(out, project, service);
  if (images.length === 0)
    throw new UsageError(
      `${service ?? project.name} has no image to build`,
      ['repoctl infra project restart', project.name, service].filter(Boolean).join(' '),
    );
  const cluster = await connectToChange(options);
  const { cache = true, report } = options;
  const session = await sessionFor(made, cluster);
  const running = (await runningProjects(cluster, plan.environment)).includes(project.name);
  if (session && running) {
    refuseOtherProfile(session, plan.profile);
    // Tilt builds from Docker's cache, which then holds what was just built.
    if (!cache) await buildImages(root, images, { noCache: true, report });
    const objects = runningImages(out, project, images);
    report(`Tilt rebuilds ${objects.join(', ')}`);
    await session.reload(options);
    await session.trigger(objects, options);
    const waiting = {
      plan,
      timeoutSeconds: options.timeout,
      progress: progressOn(process.stderr),
      signal: options.signal,
    };
    await awaitHealth(cluster, [project], waiting);
    return { namespaces: [project], context: cluster.context, byTilt: true };
  }
  await buildImages(root, images, { noCache: !cache, report });
  if ((await runningProjects(cluster, plan.environment)).includes(project.name))
    return startOn(cluster, made, [project], { ...options, cache: true });
  report(`${project.name} is not running: repoctl infra project start ${project.name}`);
  return undefined;
}

/** The images of a project that a service or workload runs. */
function imagesOf(out: string, project: PlannedNamespace, service: string): PlannedImage[] {
  const references = referencesOf(readManifest(out, project.manifest), plannedWorkload(project, service));
  return project.images.filter(({ reference }) => references.includes(reference));
}

/** Names of the workloads of a project that run one of some images. */
function runningImages(out: string, project: PlannedNamespace, images: readonly PlannedImage[]): string[] {
  const objects = readManifest(out, project.manifest);
  return project.workloads
    .filter((workload) => images.some(({ reference }) => referencesOf(objects, workload).includes(reference)))
    .map(({ object }) => object);
}

function referencesOf(objects: readonly ManifestObject[], { controller }: PlannedWorkload): string[] {
  const object = objects.find(({ kind, metadata }) => kind === controller?.kind && metadata?.name === controller.name);
  return (object && podTemplateOf(object)?.spec.containers.map(({ image }) => image)) ?? [];
}
