interface StatusObject {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/**
 * How a program ended, as the API says it on the last channel.
 *
 * @returns its exit code, or why it could not be run
 */
export function programEnd(text: string): { readonly code: number } | { readonly failure: string } {
  let object: StatusObject;
  try {
    object = JSON.parse(text) as StatusObject;
  } catch {
    return { failure: text.trim() || 'the connection ended before the program did' };
  }
  if (object.status === 'Success') return { code: 0 };
  const code = object.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (object.reason === 'NonZeroExitCode' && code) return { code: Number(code) };
  return { failure: object.message ?? object.reason ?? text };
}
