/** The exit codes of every command. */
export const exitCodes = { ok: 0, unhealthy: 1, usage: 2, cluster: 3, timedOut: 4, bug: 70 } as const;

/** What a command fails with when it is no bug of ours. */
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

/** The command was given something that it can't work with. Exit code 2. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
  override readonly exitCode = exitCodes.usage;
}

/** The cluster can't be reached, or refuses. Exit code 3. */
export class ClusterError extends CommandError {
  override readonly name = 'ClusterError';
  override readonly exitCode = exitCodes.cluster;
}

/** What was asked for failed: an image that can't be built, a pod that can't start. Exit code 1. */
export class FailureError extends CommandError {
  override readonly name = 'FailureError';
  override readonly exitCode = exitCodes.unhealthy;
}

/** What was waited for did not come. Exit code 4. */
export class TimeoutError extends CommandError {
  override readonly name = 'TimeoutError';
  override readonly exitCode = exitCodes.timedOut;
}
