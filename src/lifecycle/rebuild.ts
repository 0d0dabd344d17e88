import { connect } from '../cluster/client.ts';
import { UsageError } from '../errors.ts';
import { buildImages } from '../images/build.ts';
import type { PlannedImage, PlannedNamespace } from '../synth/plan.ts';
import { podTemplateOf, readManifest } from './manifests.ts';
import { planned, plannedWorkload, synthesized } from './selection.ts';
import { type Started, type StartOptions, startProjects } from './start.ts';
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
  const { root, out, plan } = await synthesized(options.profile);
  const project = planned(plan, name);
  const images = service === undefined ? project.images : imagesOf(out, project, service);
  if (images.length === 0)
    throw new UsageError(`${service ?? project.name} builds no image`, `repoctl infra project restart ${project.name}`);
  const cluster = await connect(options);
  const { cache = true, report } = options;
  await buildImages(root, images, { noCache: !cache, report });
  if ((await runningProjects(cluster, plan.environment)).includes(project.name))
    return startProjects([project.name], { ...options, cache: true });
  report(`${project.name} is not running: repoctl infra project start ${project.name}`);
  return undefined;
}

/** The images of a project that a service or workload runs. */
function imagesOf(out: string, project: PlannedNamespace, service: string): PlannedImage[] {
  const { controller } = plannedWorkload(project, service);
  const object = readManifest(out, project.manifest).find(
    ({ kind, metadata }) => kind === controller?.kind && metadata?.name === controller.name,
  );
  const references = (object && podTemplateOf(object)?.spec.containers.map(({ image }) => image)) ?? [];
  return project.images.filter(({ reference }) => references.includes(reference));
}
