import { z } from 'zod';
import type { Profile, ProfileName } from '../../charts/model.ts';
import type { Problem } from './problem.ts';
import type { Reader } from './reader.ts';
import { parseYaml } from './yaml-file.ts';

/** The file beside repoctl.yaml that says which digest each image has; `repoctl images lock` writes it. */
export const lockFile = 'images.lock';

/** Digests by reference, for each profile. */
export type ImageLock = Readonly<Record<ProfileName, Readonly<Record<string, string>>>>;

const schema = z.strictObject({
  version: z.literal(1),
  profiles: z.record(
    z.string(),
    z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected a digest, sha256: and 64 digits')),
  ),
});

/** What images.lock says; nothing if there is none. */
export function readImageLock(reader: Reader): { readonly lock: ImageLock; readonly problems: readonly Problem[] } {
  const text = reader.text(lockFile);
  if (text === undefined) return { lock: {}, problems: [] };
  const { data, problems } = parseYaml(lockFile, text);
  if (problems) return { lock: {}, problems };
  const checked = schema.safeParse(data);
  if (checked.success) return { lock: checked.data.profiles, problems: [] };
  const wrong = checked.error.issues.map(({ path, message }) => {
    return {
      file: lockFile,
      place: { path },
      message: `${path.join('.')}: ${message}; delete the file, and type repoctl images lock`,
    };
  });
  return { lock: {}, problems: wrong };
}

/** The text of images.lock. */
export function imageLockText(lock: ImageLock): string {
  const sorted = <Value>(map: Readonly<Record<string, Value>>) =>
    Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
  const profiles = sorted(lock).flatMap(([name, digests]) => [
    `  ${JSON.stringify(name)}:`,
    ...sorted(digests).map(([reference, digest]) => `    ${JSON.stringify(reference)}: ${digest}`),
  ]);
  return [
    '# Which digest each image has, by profile. Written by `repoctl images lock`; commit it.',
    'version: 1',
    profiles.length === 0 ? 'profiles: {}' : 'profiles:',
    ...profiles,
    '',
  ].join('\n');
}

/** A profile of real clusters with the digests of its images. */
export function locked(profile: Profile, lock: ImageLock): Profile {
  const digests = lock[profile.name];
  if (profile.development || !digests) return profile;
  return { ...profile, pull: { ...(profile.pull ?? { mirror: {}, secrets: [] }), locked: digests } };
}
