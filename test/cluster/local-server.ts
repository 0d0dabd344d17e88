import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Cluster } from '../../src/cluster/client.ts';

/** A server of this machine that a client takes for an API server. What it answers its subclasses say. */
export abstract class LocalServer {
  readonly #sockets = new Set<Duplex>();
  #server: Server | undefined;
  #port = 0;

  /** Starts it; after `stop` at the same port again. */
  async start(): Promise<Cluster> {
    const server = createServer((request, response) => this.answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return new Cluster('kind-test', `http://127.0.0.1:${this.#port}`, async () => ({}));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  protected abstract answer(request: IncomingMessage, response: ServerResponse): void;

  /** A request for a WebSocket. */
  protected upgrade(_request: IncomingMessage, socket: Duplex, _head: Buffer): void {
    socket.destroy();
  }
}
