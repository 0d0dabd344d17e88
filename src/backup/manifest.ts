import { z } from 'zod';
import { UsageError } from '../platform/errors.ts';

/** The format of backups that this version writes, and the newest that it reads. */
export const formatVersion = 2;

export const manifestFile = 'manifest.json';

/** Relative to the backup's folder, with `/`, and inside it. */
const filePath = z
  .string()
  .regex(/^[^/\\\0]+(\/[^/\\\0]+)*$/)
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'));

const file = z.object({
  path: filePath,
  bytes: z.int().min(0),
  /** In hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const service = { service: z.string().min(1), serverVersion: z.string().optional() };

const part = z.discriminatedUnion('kind', [
  /** A database of a PostgreSQL server: what `pg_dump --format=custom` prints. */
  z.object({ kind: z.literal('postgres'), ...service, database: z.string().min(1), files: z.array(file).length(1) }),
  /** The folder of an immudb server that was stopped: a tar archive. */
  z.object({ kind: z.literal('immudb'), ...service, files: z.array(file).length(1) }),
  /** The claim of a service of any image, since format 2: a tar archive. */
  z.object({ kind: z.literal('claim'), ...service, files: z.array(file).length(1) }),
  /** A bucket: its first file lists the objects, see `objectEntry`. `bytes` and `objects` are of all objects. */
  z.object({
    kind: z.literal('bucket'),
    ...service,
    bucket: z.string().min(1),
    objects: z.int().min(0),
    bytes: z.int().min(0),
    files: z.array(file).length(1),
  }),
]);

const schema = z.object({
  formatVersion: z.int().min(1).max(formatVersion),
  /** Version of repoctl. */
  repoctl: z.string(),
  environment: z.string(),
  project: z.string(),
  profile: z.string(),
  /** When the backup began, in UTC. */
  time: z.iso.datetime(),
  parts: z.array(part),
  /** What the project has and the backup lacks. */
  skipped: z.array(z.object({ service: z.string(), reason: z.string() })),
});

/** A line of a bucket's list: an object, and the file that holds it. */
export const objectEntry = z.object({
  key: z.string().min(1),
  ...file.shape,
  contentType: z.string().optional(),
  cacheControl: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentLanguage: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
});

/** A file of a backup. */
export type BackupFile = z.output<typeof file>;
export type Part = z.output<typeof part>;
export type PartOf<Kind extends Part['kind']> = Extract<Part, { kind: Kind }>;
export type Manifest = z.output<typeof schema>;
export type ObjectEntry = z.output<typeof objectEntry>;

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
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`, damaged, { cause: error });
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
  throw new UsageError(`${path} is not a backup's manifest: ${issue?.path.join('.')}: ${issue?.message}`, damaged);
}

/**
 * The objects in the text of a bucket's list, one JSON object a line.
 *
 * @throws UsageError if a line is none
 */
export function parseObjectList(text: string, path: string): ObjectEntry[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    try {
      return objectEntry.parse(JSON.parse(line));
    } catch (error) {
      throw new UsageError(`${path}:${index + 1} does not describe an object`, damaged, { cause: error });
    }
  });
}

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
export const objectListText = (objects: readonly ObjectEntry[]): string =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');

const damaged = 'Take another backup of the project';
