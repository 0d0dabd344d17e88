import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { Cluster } from '../../../src/cluster/client.ts';

/** A frame as a server sends it: not masked. */
export function serverFrame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const header = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  header[0] = 0x80 | opcode;
  header[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** Sends a message on a channel. */
export type Say = (channel: number, text: string) => void;

export interface Behaviour {
  /** What is done with a program: `undefined` for nothing, ever. */
  program?: (pod: string, command: readonly string[], say: Say) => void;
  /** Port of this machine that every port of every pod leads to. */
  forwardTo?: number;
  route?: (path: string, response: ServerResponse, request: IncomingMessage) => void;
  /** Instead of opening any connection into a pod. */
  refuse?: { readonly status: number; readonly message: string };
}

/** A server that speaks as much of the API as the checks need, programs over WebSockets included. */
export class ApiServer {
  readonly behaviour: Behaviour = {};
  running = 0;
  most = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Duplex>();

  async start(): Promise<Cluster> {
    const server = createServer((request, response) => this.behaviour.route?.(request.url ?? '', response, request));
    server.on('connection', (socket) => this.#sockets.add(socket));
    server.on('upgrade', (request, socket) => this.#upgrade(request, socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    return new Cluster('kind-test', `http://127.0.0.1:${port}`, [], async () => ({}));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  #upgrade({ url = '', headers }: IncomingMessage, socket: Duplex): void {
    const { refuse, program, forwardTo } = this.behaviour;
    socket.on('error', () => undefined);
    if (refuse) {
      const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', message: refuse.message });
      socket.end(`HTTP/1.1 ${refuse.status} No\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    // Otherwise it stays open when the client goes.
    socket.on('end', () => socket.end());
    if (!forwardTo) socket.resume();
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    socket.on('close', () => {
      this.running -= 1;
    });
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-protocol: ${headers['sec-websocket-protocol']}\r\n\r\n`,
    );
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const say: Say = (channel, text) =>
      socket.write(serverFrame(2, Buffer.concat([Buffer.from([channel]), Buffer.from(text)])));
    if (forwardTo) forward(socket, forwardTo, searchParams.get('ports'));
    else program?.(/\/pods\/([^/]+)\//.exec(pathname)?.[1] ?? '', searchParams.getAll('command'), say);
  }
}

/** Relays the data channel of a forwarded port. Both channels begin with the number of the port. */
function forward(socket: Duplex, localPort: number, port: string | null): void {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(Number(port));
  const pod = connect(localPort, '127.0.0.1');
  for (const channel of [0, 1]) socket.write(serverFrame(2, Buffer.concat([Buffer.from([channel]), number])));
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const short = (received[1] ?? 0) & 0x7f;
      const start = short === 126 ? 8 : 6;
      const length = short === 126 ? received.readUInt16BE(2) : short;
      if (received.length < start + length) return;
      const mask = received.subarray(start - 4, start);
      pod.write(
        received
          .subarray(start, start + length)
          .map((byte, at) => byte ^ (mask[at % 4] as number))
          .subarray(1),
      );
      received = received.subarray(start + length);
    }
  });
  pod.on('data', (chunk) => socket.write(serverFrame(2, Buffer.concat([Buffer.from([0]), chunk]))));
  pod.on('close', () => socket.end(serverFrame(8, Buffer.alloc(0))));
  socket.on('close', () => pod.destroy());
}

/** Ends a program as the API does. */
export function exit(say: Say, code: number): void {
  const failure = { reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] } };
  say(3, JSON.stringify(code === 0 ? { status: 'Success' } : { status: 'Failure', ...failure }));
}
