/** The exit codes of every command. */
export const exitCodes = { ok: 0, unhealthy: 1, usage: 2, cluster: 3, timedOut: 4, bug: 70 } as const;

/** The base of all errors that are not bugs: printed without a stack. */
export abstract class CommandError extends Error {
  abstract readonly exitCode: number;

  /** @param advice what to do about it, a command where there is one */
  constructor(
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The arguments or the configuration are wrong. Exit code 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = exitCodes.usage;
}

/** The cluster can't be reached, or refuses a request. Exit code 3. */
export class ClusterError extends CommandError {
  override readonly name = 'ClusterError';
  override readonly exitCode = exitCodes.cluster;
}

/** The operation failed: an image can't be built, a pod can't start. Exit code 1. */
export class FailureError extends CommandError {
  override readonly name = 'FailureError';
  override readonly exitCode = exitCodes.unhealthy;
}

/** A wait reached its time limit. Exit code 4. */
export class TimeoutError extends CommandError {
  override readonly name = 'TimeoutError';
  override readonly exitCode = exitCodes.timedOut;
}
