/** Why something could not be fetched. */
export type TransferReason =
  | 'network'
  | 'proxy'
  | 'certificate'
  | 'status'
  | 'silence'
  | 'broken'
  | 'checksum'
  | 'interrupted'
  | 'disk';

/** Something could not be fetched. The message says what happened, without saying what was wanted. */
export class TransferError extends Error {
  override readonly name = 'TransferError';

  constructor(
    readonly reason: TransferReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
