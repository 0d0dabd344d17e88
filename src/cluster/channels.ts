import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { ClientOptions, RawData, WebSocket } from 'ws';
import { refusedError, unreachableError } from './api-errors.ts';
import type { Cluster } from './client.ts';

// What @kubernetes/client-node 1.4 has for this is not used: its Exec and PortForward write to a stream whether or not it
// takes more, so that a backup would be in memory as a whole; of a refusal they keep the number and not the reason
// (https://github.com/kubernetes-client/javascript/issues/337); and what comes after the other side has hung up ends the
// process (https://github.com/kubernetes-client/javascript/issues/459). ws, which it uses, does all that is needed.

/** How a connection to a pod is used; the API server takes the first that it knows. */
export const protocols = {
  /** What a program reads can end. API servers have it from 1.30 on. */
  closing: 'v5.channel.k8s.io',
  plain: 'v4.channel.k8s.io',
} as const;

/** In a message of {@link protocols.closing} it is followed by the number of the channel that ends. */
const closingChannel = 255;

/** Most that is sent as one message, in bytes; servers take up to 32 MB. */
const messageLimit = 1_000_000;

/** How long a server may take to open a connection, in milliseconds. */
const openingPatience = 30_000;

/** How often a server is asked for a sign of life, which keeps the connection open in what is between, in milliseconds. */
const pingInterval = 15_000;

/** How long a server may give no sign of life, in milliseconds. */
const patience = 60_000;

/** How long a server may take to close a connection, in milliseconds. */
const closingPatience = 1000;

export interface ChannelOptions {
  /** What the connection is for, in messages: `open a shell in turfoo/turfoo-api-x`. */
  readonly action: string;
  /** @default {@link protocols.plain} */
  readonly protocols?: readonly string[];
  /**
   * Whether a server is given up that was sent something and gives no sign of life. It may only be busy to pass that on
   * to a program that does not read: for a person at a terminal it is dead, for a transfer it isn't. @default false
   */
  readonly impatient?: boolean;
  /** Breaks the connection off. */
  readonly signal?: AbortSignal;
}

/**
 * Channels to a pod over a WebSocket. Emits `data` (channel, bytes), and `end` once, with an error if it broke. Nothing
 * comes before they are resumed.
 */
export class Channels extends EventEmitter<{ data: [number, Buffer]; end: [Error?] }> {
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  #heard = performance.now();
  /** How many messages were sent, and how many of them the server has surely read. */
  #sent = 0;
  #read = 0;
  #ended = false;

  constructor(socket: WebSocket, impatient: boolean) {
    super();
    this.#socket = socket;
    const heard = () => {
      this.#heard = performance.now();
    };
    socket.on('message', (message: RawData) => {
      heard();
      const bytes = message as Buffer;
      if (bytes.length > 0 && !this.#ended) this.emit('data', bytes[0] as number, bytes.subarray(1));
    });
    socket.on('ping', heard);
    socket.on('pong', (count) => {
      heard();
      this.#read = Number(count.toString());
    });
    socket.on('error', (error) => this.#end(error));
    // 1005: it said that it closes, and no reason.
    socket.on('close', (code, reason) =>
      this.#end(code === 1000 || code === 1005 ? undefined : new Error(reason.toString() || 'the connection broke')),
    );
    this.#timer = setInterval(() => {
      const silent = performance.now() - this.#heard > patience;
      if (silent && !socket.isPaused && (impatient || this.#read === this.#sent))
        this.abort(new Error(`the API server gave no sign of life for ${patience / 1000} s`));
      else if (socket.readyState === socket.OPEN) socket.ping(String(this.#sent));
    }, pingInterval);
    this.#timer.unref();
  }

  /**
   * Sends on a channel; resolves when more can be taken.
   *
   * @throws Error if the connection is gone
   */
  async send(channel: number, bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; from += messageLimit)
      await this.#send(Buffer.concat([Buffer.from([channel]), bytes.subarray(from, from + messageLimit)]));
  }

  /** Says that nothing more is sent on a channel; the protocol must be {@link protocols.closing}. */
  closeChannel(channel: number): Promise<void> {
    return this.#send(Buffer.from([closingChannel, channel]));
  }

  #send(message: Buffer): Promise<void> {
    this.#sent += 1;
    return new Promise((resolve, reject) => {
      this.#socket.send(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Takes nothing more until {@link resume}; what is under way still comes. */
  pause(): void {
    this.#socket.pause();
  }

  /** Takes what comes. */
  resume(): void {
    this.#heard = performance.now();
    this.#socket.resume();
  }

  /** Ends the connection after what was sent. */
  close(): void {
    this.resume();
    this.#socket.close();
    const timer = setTimeout(() => this.#socket.terminate(), closingPatience);
    this.#socket.once('close', () => clearTimeout(timer));
    this.#end();
  }

  /** Ends the connection at once. */
  abort(error?: Error): void {
    this.#socket.terminate();
    this.#end(error);
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.emit('end', error);
  }
}

/** The path of what can be connected to of a pod: `exec`, `portforward`. */
export const podPath = (namespace: string, pod: string, verb: string, query: URLSearchParams): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${verb}?${query}`;

/**
 * Opens channels to a pod.
 *
 * @param path as of {@link podPath}
 * @throws RefusedError with what the API server said; ClusterError if it can't be reached; the signal's reason
 */
export async function openChannels(cluster: Cluster, path: string, options: ChannelOptions): Promise<Channels> {
  const { action, protocols: offered = [protocols.plain], impatient = false, signal } = options;
  const [{ WebSocket }, authentication] = await Promise.all([import('ws'), cluster.authenticate()]);
  signal?.throwIfAborted();
  const url = new URL(path, cluster.server);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const socket = new WebSocket(url, [...offered], {
    ...(authentication as ClientOptions),
    handshakeTimeout: openingPatience,
    perMessageDeflate: false,
  });
  const settled = new AbortController();
  const opened = new Promise<Channels>((resolve, reject) => {
    const abort = () => {
      reject(signal?.reason);
      socket.terminate();
    };
    signal?.addEventListener('abort', abort, { once: true, signal: settled.signal });
    // There is another one for each connection that is given up.
    socket.on('error', (error) => reject(unreachableError(cluster, error)));
    socket.on('unexpected-response', (_request, answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', (error) => reject(unreachableError(cluster, error)));
      answer.on('end', () => {
        reject(refusedError(cluster, action, answer.statusCode ?? 0, Buffer.concat(chunks).toString()));
        socket.terminate();
      });
    });
    // Where a server vanishes that would not answer a ping, since it is busy, the system notices.
    socket.on('upgrade', ({ socket: connection }) => connection.setKeepAlive(true, pingInterval));
    socket.on('open', () => {
      // The caller must be able to add its listeners first.
      socket.pause();
      resolve(new Channels(socket, impatient));
    });
  });
  try {
    const channels = await opened;
    const abort = () => channels.abort(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    channels.once('end', () => signal?.removeEventListener('abort', abort));
    return channels;
  } finally {
    settled.abort();
  }
}
