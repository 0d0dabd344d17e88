import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LocalServer } from './local-server.ts';

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

/** A server that speaks as much of the API as the tests need, connections into pods included. */
export class PodServer extends LocalServer {
  readonly behaviour: Behaviour = {};
  /** Paths of the connections into pods, as they came. */
  readonly opened: string[] = [];
  running = 0;
  most = 0;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) =>
      ['v5.channel.k8s.io', 'v4.channel.k8s.io'].find((protocol) => offered.has(protocol)) ?? false,
  });

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    this.behaviour.route?.(request.url ?? '', response, request);
  }

  protected override upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { refuse, program, forwardTo } = this.behaviour;
    if (refuse) {
      const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', message: refuse.message });
      socket.end(`HTTP/1.1 ${refuse.status} No\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    let over = false;
    const end = () => {
      if (!over) this.running -= 1;
      over = true;
    };
    socket.on('close', end);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    this.opened.push(request.url ?? '');
    this.#webSockets.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => undefined);
      if (forwardTo !== undefined) return forward(connection, forwardTo, Number(searchParams.get('ports')));
      if (!program) return runHere(connection, searchParams);
      const pod = /\/pods\/([^/]+)\//.exec(pathname)?.[1] ?? '';
      return program(pod, searchParams.getAll('command'), (channel, text) => {
        if (channel === 3) end();
        connection.send(message(channel, Buffer.from(text)));
      });
    });
  }
}

const message = (channel: number, bytes: Buffer) => Buffer.concat([Buffer.from([channel]), bytes]);

/** Runs a program on this machine, and relays its streams as the API does. */
function runHere(connection: WebSocket, query: URLSearchParams): void {
  const [program = '', ...args] = query.getAll('command');
  const child = spawn(program, args, { stdio: [query.get('stdin') ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  const { stdin } = child;
  // A program may end before it has read everything.
  stdin?.on('error', () => undefined);
  connection.on('message', (data: Buffer) => {
    if (data[0] === 0 && stdin && !stdin.write(data.subarray(1))) {
      connection.pause();
      stdin.once('drain', () => connection.resume()).once('close', () => connection.resume());
    }
    if (data[0] === 255 && data[1] === 0) stdin?.end();
  });
  for (const [channel, stream] of [
    [1, child.stdout],
    [2, child.stderr],
  ] as const)
    stream?.on('data', (chunk: Buffer) => {
      stream.pause();
      connection.send(message(channel, chunk), () => stream.resume());
    });
  child.on('error', ({ message: text }) =>
    connection.send(
      message(3, Buffer.from(JSON.stringify({ status: 'Failure', reason: 'InternalError', message: text }))),
    ),
  );
  child.on('close', (code) => {
    if (code !== null) exit((channel, text) => connection.send(message(channel, Buffer.from(text))), code);
  });
  connection.on('close', () => child.kill());
}

/** Relays a port. Both channels begin with the number of the port. */
function forward(connection: WebSocket, localPort: number, port: number): void {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(port);
  for (const channel of [0, 1]) connection.send(message(channel, number));
  const pod = connect(localPort, '127.0.0.1');
  pod.on('error', ({ message: text }) => connection.send(message(1, Buffer.from(text)), () => connection.close()));
  connection.on('message', (data: Buffer) => pod.write(data.subarray(1)));
  pod.on('data', (chunk) => {
    pod.pause();
    connection.send(message(0, chunk), () => pod.resume());
  });
  pod.on('end', () => connection.close());
  connection.on('close', () => pod.destroy());
}

/** Ends a program as the API does. */
export function exit(say: Say, code: number): void {
  const failure = { reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] } };
  say(3, JSON.stringify(code === 0 ? { status: 'Success' } : { status: 'Failure', ...failure }));
}
