import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { CommandError, FailureError, TimeoutError, UsageError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { isForbidden } from './api-errors.ts';
import { openChannels, podPath } from './channels.ts';
import type { Cluster } from './client.ts';
import { podPort, podsOf, type ReachablePod, type Selecting } from './pods-of.ts';

/** How long a connection whose near side has ended may stay silent, in milliseconds: the pod can't be told of that end. */
const silence = 10_000;

/**
 * A connection to a port of a pod, byte by byte.
 *
 * @throws RefusedError, ClusterError if the pod can't be reached; that its port does not answer, the connection fails with
 */
export async function connectTo(
  cluster: Cluster,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  port: number,
  signal?: AbortSignal,
): Promise<Duplex> {
  const path = podPath(namespace, pod, 'portforward', new URLSearchParams({ ports: String(port) }));
  const channels = await openChannels(cluster, path, { action: `reach port ${port} of ${namespace}/${pod}`, signal });
  let idle: NodeJS.Timeout | undefined;
  const stream = new Duplex({
    read: () => channels.resume(),
    write: (chunk: Buffer, _encoding, done) => void channels.send(0, chunk).then(() => done(), done),
    final(done) {
      idle = setTimeout(() => channels.close(), silence);
      done();
    },
    destroy(error, done) {
      clearTimeout(idle);
      channels.close();
      done(error);
    },
  });
  // Both channels begin with the number of the port in two bytes.
  const announcements = [2, 2];
  channels.on('data', (channel, bytes) => {
    const skipped = Math.min(announcements[channel] ?? 0, bytes.length);
    announcements[channel] = (announcements[channel] ?? 0) - skipped;
    const rest = bytes.subarray(skipped);
    if (rest.length === 0) return;
    idle?.refresh();
    if (channel === 1) stream.destroy(new ForwardError(rest.toString().trim()));
    else if (!stream.push(rest)) channels.pause();
  });
  channels.on('end', (error) => (error ? stream.destroy(error) : stream.push(null)));
  return stream;
}

/** What the pod's machine says of a connection that it can't make: mostly that nothing listens at the port. */
export class ForwardError extends Error {}

/** A port of a Service. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

export interface ForwardOptions {
  /** On 127.0.0.1. @default any that is free */
  readonly localPort?: number;
  /** Is told why connections can't be made: each reason once, until one could be made. @default nobody */
  readonly report?: (line: string) => void;
}

/** A port of this machine that leads to a Service. */
export interface Forwarding {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Ends it, with all connections. */
  close(): Promise<void>;
}

/** How long a connection waits for a pod that is ready, in milliseconds. */
const patience = 30_000;

/** For how long the pod that was chosen last is taken for the next connection, in milliseconds. */
const choiceLife = 1000;

/**
 * Makes a port of this machine lead to a Service until it is closed. Each connection goes to a pod that is ready by then,
 * so it outlives pods; a connection that comes while there is none waits for it.
 *
 * @throws FailureError if there is no such Service, or it has no such port
 * @throws UsageError if the local port is taken
 */
export async function portForward(
  cluster: Cluster,
  target: ServicePort,
  { localPort = 0, report = () => undefined }: ForwardOptions = {},
): Promise<Forwarding> {
  const route = new Route(cluster, target);
  await route.service();
  const ending = new AbortController();
  const sockets = new Set<Socket>();
  const told = new Set<string>();
  const tell = (reason: string) => {
    if (ending.signal.aborted || told.has(reason)) return;
    told.add(reason);
    report(`${target.service}: ${reason}`);
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (socket) => {
    sockets.add(socket);
    try {
      await relay(socket, await route.open(tell, ending.signal));
    } catch (error) {
      tell((error as Error).message);
    }
    if (socket.bytesWritten > 0) told.clear();
    socket.destroy();
    sockets.delete(socket);
  });
  await listening(server, localPort);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      ending.abort(new Error('closed'));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The way to the pods behind a port of a Service. */
class Route {
  #choice: { readonly at: number; readonly way: Promise<{ pod: string; port: number }> } | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly target: ServicePort,
  ) {}

  /** @throws FailureError if there is none, or it has no such port */
  async service(): Promise<Selecting> {
    const { namespace, service: name, port } = this.target;
    const metadata = { namespace, name };
    const found = await this.cluster.get<Selecting>({ ...typeMeta('Service'), metadata });
    const where = `in the namespace ${namespace} of ${this.cluster.context}`;
    if (!found) throw new FailureError(`there is no Service ${name} ${where}`, `repoctl status ${namespace}`);
    if (found.spec?.ports?.some((each) => each.port === port)) return found;
    throw new FailureError(`the Service ${name} ${where} has no port ${port}`, `repoctl status ${namespace}`);
  }

  /**
   * Opens a connection to a pod, once there is one.
   *
   * @throws RefusedError if it is forbidden, TimeoutError if there is no way for too long
   */
  open(tell: (why: string) => void, signal: AbortSignal): Promise<Duplex> {
    const attempt = async (waiting: (why: string) => undefined) => {
      try {
        const { pod, port } = await this.#way();
        return await connectTo(this.cluster, { namespace: this.target.namespace, pod }, port, signal);
      } catch (error) {
        this.#choice = undefined;
        if (isForbidden(error) || !(error instanceof CommandError)) throw error;
        return waiting(`${error.message}; waiting for it`);
      }
    };
    const expired = (why = '') => new TimeoutError(`no connection within ${patience / 1000} s: ${why}`);
    return poll(attempt, expired, { timeout: patience, signal, report: tell });
  }

  #way(): Promise<{ pod: string; port: number }> {
    if (!this.#choice || performance.now() - this.#choice.at > choiceLife)
      this.#choice = { at: performance.now(), way: this.#choose() };
    return this.#choice.way;
  }

  async #choose(): Promise<{ pod: string; port: number }> {
    const service = await this.service();
    const [pod] = await podsOf(this.cluster, service);
    if (!pod || mayBecomeReady(pod)) throw new FailureError('no pod of it is ready');
    const port = podPort(service, this.target.port, pod);
    if (port !== undefined) return { pod: pod.metadata.name, port };
    throw new FailureError(`the pod ${pod.metadata.name} has no port that ${this.target.port} leads to`);
  }
}

/** Whether waiting for a pod may help. One that hasn't been ready for long is looked at as it is. */
function mayBecomeReady({ status }: ReachablePod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status !== 'True' && Date.now() - Date.parse(ready?.lastTransitionTime ?? '') < patience;
}

/** Passes on what comes from either side, no faster than it is taken, until both have ended. */
async function relay(socket: Socket, remote: Duplex): Promise<void> {
  const answered = pipeline(remote, socket);
  // Its failure is that of the other direction: nothing can be asked where nothing is answered.
  pipeline(socket, remote).catch(() => undefined);
  try {
    await answered;
  } catch (error) {
    // The near side may go whenever it likes.
    if (error instanceof ForwardError) throw error;
  } finally {
    remote.destroy();
  }
}

/** @throws UsageError if the port is taken */
function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        code === 'EADDRINUSE'
          ? new UsageError(
              `port ${port} is taken`,
              'Stop the program that uses it, or give the service another hostPort',
            )
          : new FailureError(`can't open port ${port}: ${message}`),
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
