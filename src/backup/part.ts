import { z } from 'zod';

/** Relative to the backup's folder, with `/`, and inside it. */
const filePath = z
  .string()
  .regex(/^[^/\\\0]+(\/[^/\\\0]+)*$/)
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'));

export const backupFile = z.object({
  path: filePath,
  bytes: z.int().min(0),
  /** In hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A file of a backup. */
export type BackupFile = z.output<typeof backupFile>;

/** What every part of a backup says, whatever its kind: the service, and the files that hold its data. */
export const partFields = {
  service: z.string().min(1),
  serverVersion: z.string().optional(),
  files: z.array(backupFile).length(1),
};

/** A part of a backup, as far as those see it who don't know its kind. */
export interface BackupPart {
  readonly kind: string;
  readonly service: string;
  readonly serverVersion?: string;
  readonly files: readonly BackupFile[];
}

/** A kind of part: what the manifest says of it. */
export interface PartKind<P extends BackupPart = BackupPart> {
  readonly kind: P['kind'];
  readonly schema: z.ZodObject;
  /** `postgres database turfoo`: the part, for people. */
  describe(part: P): string;
  /**
   * The files that it has beside those of the manifest.
   *
   * @param folder the backup's
   * @throws UsageError if they can't be told
   */
  moreFiles?(part: P, folder: string): Promise<readonly BackupFile[]>;
}

/** Whether a part is of a kind. */
export const isPart = <P extends BackupPart>({ kind }: PartKind<P>, part: BackupPart): part is P => part.kind === kind;

/** Where the data of a part is. */
export function fileOf({ files }: BackupPart): BackupFile {
  const [file] = files;
  if (!file) throw new TypeError('a part of a backup has no file');
  return file;
}

/** The advice where a file of a backup can't be used. */
export const damagedAdvice = 'Use another backup of the project';
