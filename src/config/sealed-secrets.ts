import { z } from 'zod';
import type { SealedValues } from '../../charts/common/secret-store.ts';
import type { Profile, ProfileName } from '../../charts/model.ts';
import type { Problem } from './problem.ts';
import type { Reader } from './reader.ts';
import { parseYaml } from './yaml-file.ts';

/** The file beside repoctl.yaml with the sealed values; `repoctl secrets seal` writes it. */
export const sealedFile = 'sealed-secrets.yaml';

/** Sealed values of each profile. */
export type SealedSecretsFile = Readonly<Record<ProfileName, SealedValues>>;

const ciphertext = z.string().regex(/^[A-Za-z0-9+/]{300,}={0,2}$/, 'expected a value that repoctl secrets seal wrote');

const schema = z.strictObject({
  version: z.literal(1),
  profiles: z.record(z.string(), z.record(z.string(), z.record(z.string(), ciphertext))),
});

/** What sealed-secrets.yaml says; nothing if there is none. */
export function readSealedSecrets(reader: Reader): {
  readonly sealed: SealedSecretsFile;
  readonly problems: readonly Problem[];
} {
  const text = reader.text(sealedFile);
  if (text === undefined) return { sealed: {}, problems: [] };
  const { data, problems } = parseYaml(sealedFile, text);
  if (problems) return { sealed: {}, problems };
  const checked = schema.safeParse(data);
  if (checked.success) return { sealed: checked.data.profiles, problems: [] };
  const wrong = checked.error.issues.map(({ path, message }) => ({
    file: sealedFile,
    place: { path },
    message: `${path.join('.')}: ${message}`,
  }));
  return { sealed: {}, problems: wrong };
}

const sorted = <Value>(map: Readonly<Record<string, Value>>) =>
  Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));

/** The text of sealed-secrets.yaml. */
export function sealedSecretsText(sealed: SealedSecretsFile): string {
  const profiles = sorted(sealed).flatMap(([name, secrets]) => [
    `  ${JSON.stringify(name)}:`,
    ...sorted(secrets).flatMap(([secret, keys]) => [
      `    ${JSON.stringify(secret)}:`,
      ...sorted(keys).map(([key, value]) => `      ${JSON.stringify(key)}: ${value}`),
    ]),
  ]);
  return [
    '# Values that only the Sealed Secrets controller of the cluster can read. Written by `repoctl secrets seal`; commit it.',
    'version: 1',
    profiles.length === 0 ? 'profiles: {}' : 'profiles:',
    ...profiles,
    '',
  ].join('\n');
}

/** A profile with the values that are sealed for it. */
export function withSealed(profile: Profile, sealed: SealedSecretsFile): Profile {
  const values = sealed[profile.name];
  return profile.sealing && values ? { ...profile, sealing: { ...profile.sealing, values } } : profile;
}
