import { ClusterError } from '../platform/errors.ts';
import { statusMessage } from './status-message.ts';

/** The API server refuses a request: with status 401 or 403 if it is not allowed, 410 if what it asks for is too old. */
export class RefusedError extends ClusterError {
  constructor(
    message: string,
    /** HTTP status. */
    readonly status: number,
    advice?: string,
    /** The server's own words, without what was asked of which cluster. */
    readonly said: string = message,
  ) {
    super(message, advice);
  }
}

/** Whether the API server refused because a right is missing: asking again would not help. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof RefusedError && (error.status === 401 || error.status === 403);

/** The API server as errors name it: its URL, and the context of the kubeconfig. */
export interface Server {
  readonly server: string;
  readonly context: string;
}

/**
 * The error for an answer with a status of 400 or more.
 *
 * @param action what was asked for, e.g. `read the log of turfoo/turfoo-api-x`
 * @param status of HTTP
 * @param body of the answer, mostly a `Status` of the API
 */
export function refusedError({ server, context }: Server, action: string, status: number, body: string): RefusedError {
  const said = statusMessage(body) ?? `HTTP ${status}`;
  const message = `can't ${action} on ${server} (context ${context}): ${said}`;
  return new RefusedError(message, status, refusalAdvice(status, said, context), said);
}

function refusalAdvice(status: number, message: string, context: string): string | undefined {
  if (/because it is being terminated/.test(message))
    return 'Try again when it is gone; repoctl status shows what keeps it';
  return status === 401 || status === 403 ? `kubectl auth whoami --context ${context}` : undefined;
}

/** The error for a connection that could not be made, or broke. */
export function unreachableError({ server, context }: Server, error: unknown): ClusterError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new ClusterError(
    `can't reach ${server} (context ${context}): ${code ?? message}`,
    'Is the cluster running? repoctl up starts it; repoctl doctor says what is wrong',
    { cause: error },
  );
}
