import { z } from 'zod';
import { UsageError } from '../platform/errors.ts';
import { damagedAdvice } from './part.ts';
import { partKinds } from './stores.ts';

/** The format of backups that this version writes, and the newest that it reads. */
export const formatVersion = 3;

/** The file that describes a backup, in its folder. */
export const manifestFile = 'manifest.json';

type PartSchema = (typeof partKinds)[keyof typeof partKinds]['schema'];
const [first, ...more] = Object.values(partKinds).map(({ schema }): PartSchema => schema) as [
  PartSchema,
  ...PartSchema[],
];

const schema = z.object({
  formatVersion: z.int().min(1).max(formatVersion),
  /** Version of repoctl. */
  repoctl: z.string(),
  environment: z.string(),
  project: z.string(),
  profile: z.string(),
  /** When the backup began, in UTC. */
  time: z.iso.datetime(),
  parts: z.array(z.discriminatedUnion('kind', [first, ...more])),
  /** What the project has and the backup lacks. */
  skipped: z.array(z.object({ service: z.string(), reason: z.string() })),
});

export type Manifest = z.output<typeof schema>;
export type Part = Manifest['parts'][number];

/**
 * The manifest in the text of such a file.
 *
 * @param path what errors call the file
 * @throws UsageError if it is none, or of a newer format
 */
export function parseManifest(text: string, path: string): Manifest {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`, damagedAdvice, { cause: error });
  }
  const version = (data as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > formatVersion)
    throw new UsageError(
      `${path} has format ${version}; this repoctl knows formats up to ${formatVersion}`,
      `Restore it with repoctl ${(data as { repoctl?: unknown }).repoctl ?? 'of a newer version'} or later`,
    );
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new UsageError(
    `${path} is not a backup's manifest: ${issue?.path.join('.')}: ${issue?.message}`,
    damagedAdvice,
  );
}

/** The contents of `manifestFile`, as `parseManifest` takes them. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
