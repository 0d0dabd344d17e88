/** The exit codes of every command. */
export const exitCodes = { ok: 0, unhealthy: 1, usage: 2, cluster: 3, timedOut: 4, bug: 70 } as const;

/** The command was given something that it can't work with. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** @param advice what to do about it, a command where there is one */
  constructor(
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The cluster can't be reached, or refuses. Exit code 3. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  /** @param advice what to do about it, a command where there is one */
  constructor(
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
