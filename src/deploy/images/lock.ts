import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileName } from '../../../charts/model.ts';
import { type ImageLock, imageLockText, lockFile, readImageLock } from '../../config/image-lock.ts';
import { Reader } from '../../config/reader.ts';
import { readManifest } from '../../lifecycle/manifests.ts';
import { eachOf } from '../../platform/each-of.ts';
import { CommandError, FailureError, UsageError } from '../../platform/errors.ts';
import { synthesized } from '../../synth/plan-queries.ts';
import { readDockerConfig } from './credentials.ts';
import { type ImageUse, imageUses, type LockChange, lockChanges } from './image-references.ts';
import { RegistryClient } from './registry-client.ts';

export interface ImageOptions {
  readonly profile: ProfileName;
  readonly imageTag?: string;
  readonly signal?: AbortSignal;
}

/** The images of a profile, and what images.lock says of them. */
export interface ProfileImages {
  readonly root: string;
  readonly uses: readonly ImageUse[];
  readonly lock: ImageLock;
  /** Digests by reference, of this profile. */
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * The images that the manifests of a profile name.
 *
 * @throws UsageError if the profile is for development: its images are built where they run
 */
export async function imagesOf({ profile, imageTag }: ImageOptions): Promise<ProfileImages> {
  const { root, out, plan, profiles } = await synthesized(profile, { development: false, imageTag, tolerant: false });
  if (profiles[profile]?.development ?? true)
    throw new UsageError(
      `the profile ${profile} is for development, whose images are not locked`,
      'Name one of real clusters: --profile production',
    );
  const objects = plan.namespaces.flatMap(({ manifest }) => readManifest(out, manifest));
  const built = new Set(plan.namespaces.flatMap(({ images }) => images.map(({ reference }) => reference)));
  const { lock } = readImageLock(new Reader(root));
  return { root, uses: imageUses(objects, built), lock, digests: lock[profile] ?? {} };
}

/** What the registries have now for a profile's images, beside what is locked. */
export async function lockedAndNow(
  options: ImageOptions,
): Promise<
  ProfileImages & { readonly now: Readonly<Record<string, string>>; readonly changes: readonly LockChange[] }
> {
  const images = await imagesOf(options);
  const now = await digestsOf(
    images.uses.map(({ reference }) => reference),
    options,
  );
  return { ...images, now, changes: lockChanges(images.digests, now) };
}

/**
 * Writes the digests that the registries have now into images.lock; those of other profiles stay.
 *
 * @returns what has changed
 * @throws FailureError with each image that could not be found; then nothing was written
 */
export async function lockImages(options: ImageOptions): Promise<readonly LockChange[]> {
  const { root, lock, now, changes } = await lockedAndNow(options);
  if (changes.length > 0) writeFileSync(join(root, lockFile), imageLockText({ ...lock, [options.profile]: now }));
  return changes;
}

async function digestsOf(references: readonly string[], { signal }: ImageOptions): Promise<Record<string, string>> {
  const client = new RegistryClient(readDockerConfig(), signal);
  const found: Record<string, string> = {};
  const failures: CommandError[] = [];
  await eachOf(references, async (reference) => {
    try {
      found[reference] = await client.digest(reference);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failures.push(error);
    }
  });
  if (failures.length === 0) return found;
  const lines = failures.map(({ message }) => message).sort();
  throw new FailureError(
    `can’t find the digest of ${failures.length} of ${references.length} images; nothing was written:\n${lines.join('\n')}`,
    failures.find(({ advice }) => advice)?.advice,
  );
}
