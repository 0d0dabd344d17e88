import { UsageError } from '../../platform/errors.ts';
import { attempt } from '../../platform/process/run.ts';
import type { PlannedImage } from '../../synth/plan.ts';

type Contexts = Pick<PlannedImage, 'reference' | 'additionalContexts'>;

/** Whether an image is built from several folders, which `docker build` alone does not know. */
export const needsBuildx = ({ additionalContexts = {} }: Contexts): boolean =>
  Object.keys(additionalContexts).length > 0;

/**
 * Refuses to build what needs the buildx plugin, where there is none.
 *
 * @throws UsageError
 */
export async function mustHaveBuildx(images: readonly Contexts[]): Promise<void> {
  const needing = images.filter(needsBuildx).map(({ reference }) => reference);
  if (needing.length === 0) return;
  const { exitCode } = await attempt('docker', ['buildx', 'version']);
  if (exitCode === 0) return;
  throw new UsageError(
    `${needing.join(', ')}: additionalContexts need Docker's buildx plugin, which is not installed`,
    'Install docker-buildx (https://docs.docker.com/build/install-buildx/); docker buildx version then prints its version',
  );
}
