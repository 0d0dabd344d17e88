import { type IncomingMessage, request as plain } from 'node:http';
import { type RequestOptions, request as secure } from 'node:https';

/** How long nothing may come from a server that was asked something, in milliseconds. */
const silence = 30_000;

export interface RequestBody {
  readonly contentType?: string;
  readonly body?: string;
  /** Ends the request; what was asked for by it may come slowly. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and resolves with the beginning of the answer.
 *
 * @throws Error with the system's `code`, or `ETIMEDOUT` when nothing came for half a minute
 */
export function send(url: URL, options: RequestOptions, given: RequestBody): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { accept: 'application/json', 'accept-encoding': 'identity' };
    if (given.contentType) headers['content-type'] = given.contentType;
    if (given.body !== undefined) headers['content-length'] = Buffer.byteLength(given.body);
    const request = (url.protocol === 'http:' ? plain : secure)(
      url,
      { ...options, headers: { ...options.headers, ...headers }, signal: given.signal },
      resolve,
    );
    // The server may close a connection that was kept just when it is used again.
    request.on('error', (error: NodeJS.ErrnoException) =>
      request.reusedSocket && error.code === 'ECONNRESET'
        ? send(url, options, given).then(resolve, reject)
        : reject(error),
    );
    if (!given.signal)
      request.setTimeout(silence, () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    request.end(given.body);
  });
}
