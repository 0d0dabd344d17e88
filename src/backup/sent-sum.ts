import { FailureError } from '../platform/errors.ts';

/**
 * The SHA-256 that a program in a pod says, on stderr and in the form of `sha256sum`, it has sent.
 *
 * @throws FailureError if it says none
 */
export function sentSum(stderr: string, what: string): string {
  const [, sum] = /^([0-9a-f]{64}) {2}-$/m.exec(stderr) ?? [];
  if (sum) return sum;
  throw new FailureError(`${what} does not say what it has sent: ${stderr.trim() || 'nothing'}`);
}
