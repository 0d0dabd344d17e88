import { type ClientRequest, request as http, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as https } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tls } from 'node:tls';
import { proxyAuthorization, proxyFor } from './proxy.ts';
import type { Variables } from './tool-cache.ts';
import { TransferError } from './transfer-error.ts';

export interface GetOptions {
  /** For the proxy. */
  readonly env: Variables;
  /** How long nothing may come, in milliseconds. */
  readonly silence: number;
  readonly signal?: AbortSignal;
  /** Beside those that every request has; none of them follows a redirect to another host. */
  readonly headers?: Readonly<Record<string, string>>;
}

const redirects = [301, 302, 303, 307, 308];

/**
 * Asks for a URL, through a proxy where the environment names one, and follows where it leads.
 *
 * @returns the answer, of status 200; its body has not been read
 * @throws TransferError
 */
export async function get(url: URL, options: GetOptions, left = 5): Promise<IncomingMessage> {
  const response = await ask(url, options);
  const { statusCode = 0, statusMessage, headers } = response;
  if (statusCode === 200) return response;
  response.destroy();
  if (!redirects.includes(statusCode) || !headers.location)
    throw new TransferError('status', `${url} answered ${statusCode} ${statusMessage}`.trimEnd());
  const next = new URL(headers.location, url);
  if (left === 0) throw new TransferError('status', `${url} redirects too often`);
  if (url.protocol === 'https:' && next.protocol !== 'https:')
    throw new TransferError('status', `${url} leads to ${next}, which is not encrypted`);
  const { headers: own, ...rest } = options;
  return get(next, next.host === url.host ? { ...rest, headers: own } : rest, left - 1);
}

/** Asks for a URL, through a proxy where the environment names one. @returns the answer, whatever it is */
export async function ask(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const proxy = proxyFor(url, options.env);
  const headers = {
    host: url.host,
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'repoctl',
    ...options.headers,
  };
  const common = { agent: false, headers };
  if (url.protocol === 'http:') {
    if (!proxy) return answer(http(url, common), url, options);
    const whole = { headers: { ...headers, ...proxyAuthorization(proxy) }, path: url.href };
    return answer(toProxy(proxy, whole), url, options, proxy);
  }
  if (!proxy) return answer(https(url, common), url, options);
  const socket = await tunnel(proxy, url, options);
  const secured = () => tls({ socket, servername: url.hostname });
  // With an agent, even `false`, Node connects by itself.
  return answer(https(url, { headers, createConnection: secured }), url, options);
}

/** A connection through a proxy to the host of a URL. */
function tunnel(proxy: URL, url: URL, options: GetOptions): Promise<Socket> {
  const path = `${url.hostname}:${url.port || 443}`;
  const request = toProxy(proxy, { method: 'CONNECT', path, headers: { host: path, ...proxyAuthorization(proxy) } });
  return new Promise((resolve, reject) => {
    request.once('connect', ({ statusCode, statusMessage }: IncomingMessage, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      const what = `the proxy ${proxy.host} answered ${statusCode} ${statusMessage} when asked for ${path}`;
      reject(new TransferError('proxy', what));
    });
    answer(request, url, options, proxy).catch(reject);
  });
}

const toProxy = (proxy: URL, options: RequestOptions): ClientRequest =>
  (proxy.protocol === 'https:' ? https : http)({
    ...options,
    agent: false,
    hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
  });

/** Sends a request, and gives up when nothing comes for too long, while its body is read, too. */
function answer(request: ClientRequest, url: URL, options: GetOptions, proxy?: URL): Promise<IncomingMessage> {
  const { signal, silence } = options;
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    const giveUp = (error: Error) => (response ?? request).destroy(error);
    const onAbort = () => giveUp(new TransferError('interrupted', 'it was interrupted'));
    request.setTimeout(silence, () =>
      giveUp(new TransferError('silence', `${url.host} sent nothing for ${silence / 1000} s`)),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => signal?.removeEventListener('abort', onAbort));
    request.once('error', (error: NodeJS.ErrnoException) => {
      const server = proxy ? `the proxy ${proxy.host}` : url.host;
      const reason = error.code ?? error.message;
      reject(
        error instanceof TransferError
          ? error
          : new TransferError(reasonOf(error, proxy), `can't reach ${server}: ${reason}`, { cause: error }),
      );
    });
    request.once('response', (received: IncomingMessage) => {
      response = received;
      resolve(received);
    });
    if (signal?.aborted) onAbort();
    request.end();
  });
}

const reasonOf = ({ code = '' }: NodeJS.ErrnoException, proxy: URL | undefined) =>
  /CERT|SIGNED|ISSUER|ALTNAME/.test(code) ? 'certificate' : proxy ? 'proxy' : 'network';
