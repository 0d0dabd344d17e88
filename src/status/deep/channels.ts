import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Cluster, RefusedError } from '../../cluster/client.ts';
import { refusal } from './checks/route.ts';
import { FrameReader, frameBytes, opcodes } from './frames.ts';

/** Each message begins with the number of its channel. */
const protocol = 'v4.channel.k8s.io';

/** Channels to a pod over a WebSocket. Emits `data` (channel, bytes) and, once, `end` (error, if it broke). */
export class Channels extends EventEmitter<{ data: [number, Buffer]; end: [Error?] }> {
  readonly #socket: Duplex;
  #ended = false;

  constructor(socket: Duplex, head: Buffer) {
    super();
    this.#socket = socket;
    const frames = new FrameReader();
    let parts: Buffer[] = [];
    const read = (chunk: Buffer) => {
      try {
        for (const { opcode, final, payload } of frames.push(chunk)) {
          if (opcode === opcodes.close) return this.close();
          if (opcode === opcodes.ping) socket.write(frameBytes(opcodes.pong, payload));
          if (opcode > opcodes.binary) continue;
          parts.push(payload);
          if (!final) continue;
          const message = parts.length === 1 ? payload : Buffer.concat(parts);
          parts = [];
          if (message.length > 0) this.emit('data', message[0] as number, message.subarray(1));
        }
      } catch (error) {
        this.close(error as Error);
      }
      return undefined;
    };
    socket.on('error', (error) => this.close(error));
    socket.on('close', () => this.close());
    // Whoever opened it has to be able to listen first.
    setImmediate(() => {
      if (head.length > 0) read(head);
      socket.on('data', read);
    });
  }

  send(channel: number, bytes: Buffer): void {
    if (!this.#ended) this.#socket.write(frameBytes(opcodes.binary, Buffer.concat([Buffer.from([channel]), bytes])));
  }

  close(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.emit('end', error);
  }
}

/**
 * Opens channels to a pod.
 *
 * @param path of the API: `…/pods/NAME/exec?…`
 * @throws RefusedError with what the API server said; Error with the system's `code`
 */
export async function openChannels(cluster: Cluster, path: string, signal: AbortSignal): Promise<Channels> {
  const url = new URL(path, cluster.server);
  const options = await cluster.authenticate();
  const headers = {
    ...options.headers,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': protocol,
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plain : secure)(url, { ...options, headers, method: 'GET', signal });
    request.on('error', reject);
    request.on('upgrade', (_answer, socket, head) => {
      const channels = new Channels(socket, head);
      signal.addEventListener('abort', () => channels.close(signal.reason as Error), { once: true });
      resolve(channels);
    });
    request.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const status = answer.statusCode ?? 0;
        reject(new RefusedError(refusal(body)?.message ?? `HTTP ${status}`, status));
      });
    });
    request.end();
  });
}
