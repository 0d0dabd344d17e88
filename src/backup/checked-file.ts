import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureError } from '../platform/errors.ts';
import type { BackupFile } from './part.ts';

/**
 * Writes a file of a backup from a stream, which it may not outrun, and measures it on the way.
 *
 * @param fill is given where to write, and must end it
 * @throws FailureError if the file can't be written
 */
export async function writeChecked<Result>(
  folder: string,
  path: string,
  fill: (output: Writable) => Promise<Result>,
): Promise<BackupFile & { result: Result }> {
  const target = join(folder, path);
  const { measure, measured } = measuring();
  const input = new PassThrough();
  try {
    await mkdir(dirname(target), { recursive: true });
    const written = pipeline(input, measure, createWriteStream(target, { flags: 'wx', flush: true }));
    // A failure to write is told to the one who fills, by the end of the stream, and is the reason for what that says.
    const [filled, ended] = await Promise.allSettled([fill(input).catch(giveUp(input)), written]);
    if (ended.status === 'rejected' && (ended.reason as NodeJS.ErrnoException).syscall) throw ended.reason;
    if (filled.status === 'rejected') throw filled.reason;
    if (ended.status === 'rejected') throw ended.reason;
    return { path, ...measured(), result: filled.value };
  } catch (error) {
    throw explained(error, target);
  }
}

const giveUp = (input: PassThrough) => (error: Error) => {
  input.destroy(error);
  throw error;
};

/** Writes a text as a file of a backup. */
export async function writeText(folder: string, path: string, text: string): Promise<BackupFile> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: 'wx', flush: true });
  } catch (error) {
    throw explained(error, target);
  }
  return { path, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

/** What is wrong with a file of a backup (it is missing, has another size, other contents); `undefined` if nothing is. */
export async function fileFault(folder: string, { path, bytes, sha256 }: BackupFile): Promise<string | undefined> {
  const file = join(folder, path);
  try {
    const { size } = await stat(file);
    if (size !== bytes) return `${path} has ${size} bytes; the manifest says ${bytes}`;
    const { measure, measured } = measuring();
    await pipeline(createReadStream(file), measure, discard());
    return measured().sha256 === sha256 ? undefined : `${path} has other contents than the manifest says (SHA-256)`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${path} is missing` : `${path} can't be read: ${message}`;
  }
}

/** A stream that passes everything on, and the size and SHA-256 of what has passed. */
export function measuring(): { measure: Transform; measured: () => { bytes: number; sha256: string } } {
  const hash: Hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { measure, measured: () => ({ bytes, sha256: hash.copy().digest('hex') }) };
}

const discard = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** The contents of a file of a backup. */
export const openFile = (folder: string, path: string): Readable => createReadStream(join(folder, path));

/** An error of the file system as a FailureError with the path; any other error as it is. */
function explained(error: unknown, target: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (!syscall || !code) return error;
  const advice = code === 'ENOSPC' ? 'Free some space, or name another place with --out' : undefined;
  return new FailureError(`can't write ${target}: ${message}`, advice, { cause: error });
}
