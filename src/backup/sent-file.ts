import type { Writable } from 'node:stream';
import { FailureError } from '../platform/errors.ts';
import { writeChecked } from './checked-file.ts';
import type { BackupFile } from './part.ts';

/**
 * The SHA-256 that a program in a pod says, on stderr and in the form of `sha256sum`, it has sent.
 *
 * @throws FailureError if it says none
 */
export function sentSum(stderr: string, what: string): string {
  const [, sum] = /^([0-9a-f]{64}) {2}-$/m.exec(stderr) ?? [];
  if (sum) return sum;
  throw new FailureError(`${what} did not send a SHA-256: ${stderr.trim() || 'nothing'}`);
}

/**
 * Writes a file of a backup that a pod sends.
 *
 * @param fill writes it, and returns the SHA-256 that the pod says it has sent
 * @throws FailureError if something else came
 */
export async function saveSent(
  folder: string,
  path: string,
  fill: (output: Writable) => Promise<string>,
): Promise<BackupFile> {
  const { result: sent, ...file } = await writeChecked(folder, path, fill);
  if (sent === file.sha256) return file;
  throw new FailureError(`${path} was damaged on the way (SHA-256 differs)`, 'Try again');
}
