import { shellQuoted } from '../../../charts/common/shell-quoted.ts';
import { eachOf } from '../../platform/each-of.ts';
import { FailureError } from '../../platform/errors.ts';
import { attempt, failure, type Outcome, run } from '../../platform/process/run.ts';
import type { PlannedImage } from '../../synth/plan.ts';
import { stepFollower } from './build-steps.ts';
import { mustHaveBuildx, needsBuildx } from './buildx.ts';

export interface BuildOptions {
  /** Builds every layer again. @default false */
  readonly noCache?: boolean;
  readonly report: (line: string) => void;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How many images are built at once; BuildKit shares the work on stages that they have in common. */
const atOnce = 2;

/**
 * Builds images with BuildKit.
 *
 * @param root the folder that the images' paths are relative to
 * @returns the ID of each image (`sha256:…`) by its reference
 * @throws UsageError if one needs the buildx plugin, and Docker has none
 * @throws FailureError with the last lines of the first build that fails; those under way are ended
 */
export async function buildImages(
  root: string,
  images: readonly PlannedImage[],
  { noCache = false, report, signal }: BuildOptions,
): Promise<ReadonlyMap<string, string>> {
  await mustHaveBuildx(images);
  const ids = new Map<string, string>();
  const buildOne = async (image: PlannedImage, signal: AbortSignal) =>
    ids.set(image.reference, await build(root, image, { noCache, report, signal }));
  await eachOf(images, buildOne, { atOnce, signal });
  return ids;
}

/** The arguments of `docker` that build an image. */
export function buildArguments(image: PlannedImage, noCache: boolean) {
  const {
    reference,
    dockerfile,
    target,
    buildArgs,
    secrets = {},
    additionalContexts = {},
    platforms = [],
    context,
  } = image;
  return [
    // `docker build` is buildx only since Docker 23; other builders than the default one leave the image where they are.
    ...(needsBuildx(image) ? ['buildx', 'build', '--load'] : ['build']),
    ...['--tag', reference],
    ...['--file', dockerfile],
    ...(target ? ['--target', target] : []),
    ...(platforms.length > 0 ? ['--platform', platforms.join(',')] : []),
    ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.entries(secrets).flatMap(([id, { env, file }]) => [
      '--secret',
      `id=${id},${file === undefined ? `env=${env}` : `src=${file}`}`,
    ]),
    ...Object.entries(additionalContexts).flatMap(([name, source]) => ['--build-context', `${name}=${source}`]),
    ...(noCache ? ['--no-cache'] : []),
    '--progress=plain',
    context,
  ];
}

async function build(root: string, image: PlannedImage, options: BuildOptions): Promise<string> {
  const { noCache = false, report, signal } = options;
  const { reference } = image;
  const args = buildArguments(image, noCache);
  const started = performance.now();
  report(`${reference}: building`);
  const onLine = stepFollower((step) => report(`${reference}: ${step}`));
  // Attestations make an index of an image, which differs with each build.
  const env = { DOCKER_BUILDKIT: '1', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
  const outcome = await attempt('docker', args, { cwd: root, env, signal, onLine });
  if (outcome.exitCode !== 0) throw buildFailure(reference, args, outcome);
  const id = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', reference], { signal });
  report(`${reference}: built (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return id;
}

function buildFailure(reference: string, args: readonly string[], outcome: Outcome): FailureError {
  const { message } = failure({ ...outcome, what: `building ${reference}` });
  return new FailureError(message, `Full output: DOCKER_BUILDKIT=1 docker ${args.map(shellQuoted).join(' ')}`);
}
