import { request } from 'node:http';
import { Duplex } from 'node:stream';
import type { Cluster } from '../../cluster/client.ts';
import { send } from '../../cluster/request.ts';
import { openChannels } from './channels.ts';
import type { ProgramAnswer, RouteAnswer } from './check.ts';
import { programEnd } from './program-end.ts';

/** Most of an answer that is kept, in bytes. */
const limit = 1_000_000;

const podPath = (namespace: string, pod: string, verb: string, query: URLSearchParams): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${verb}?${query}`;

/** A program in a container that could not be started or watched to its end. */
export class ProgramError extends Error {}

// An empty line says that the container's runtime is done: from then on it is the program that takes the time.
const announced = 'echo; exec "$0" "$@"';

/**
 * Runs a program in a container that has a shell, over a connection of this process: kubectl would be a process for each.
 *
 * @param started is called when it was started, and may be again
 * @throws ProgramError if it could not be started; RefusedError if the API server refuses
 */
export async function runProgram(
  cluster: Cluster,
  where: { readonly namespace: string; readonly pod: string; readonly container: string },
  command: readonly string[],
  signal: AbortSignal,
  started: () => void,
): Promise<ProgramAnswer> {
  const query = new URLSearchParams({ container: where.container, stdout: 'true', stderr: 'true' });
  for (const word of ['sh', '-c', announced, ...command]) query.append('command', word);
  const channels = await openChannels(cluster, podPath(where.namespace, where.pod, 'exec', query), signal);
  const texts: Record<number, string> = { 1: '', 2: '', 3: '' };
  return new Promise((resolve, reject) => {
    channels.on('data', (channel, bytes) => {
      if (channel === 1) started();
      if ((texts[channel]?.length ?? limit) < limit) texts[channel] += bytes.toString();
      // The status is the last that comes; not every server closes after it.
      if (channel === 3) channels.close();
    });
    channels.on('end', (error) => {
      if (error) return reject(error);
      const { 1: stdout = '', 2: stderr = '', 3: status = '' } = texts;
      const end = programEnd(status);
      if ('failure' in end) return reject(new ProgramError(end.failure));
      return resolve({ code: end.code, stdout: stdout.slice(1), stderr });
    });
  });
}

/** Reads a path of the API, whatever it answers with. */
export async function readPath(cluster: Cluster, path: string, signal: AbortSignal): Promise<RouteAnswer> {
  const options = { ...(await cluster.authenticate()), method: 'GET' };
  const answer = await send(new URL(path, cluster.server), options, { signal });
  let body = '';
  for await (const chunk of answer) if (body.length < limit) body += String(chunk);
  return { status: answer.statusCode ?? 0, body };
}

/** A connection to a port of a pod, relayed byte by byte. */
export async function connectTo(
  cluster: Cluster,
  where: { readonly namespace: string; readonly pod: string },
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const query = new URLSearchParams({ ports: String(port) });
  const channels = await openChannels(cluster, podPath(where.namespace, where.pod, 'portforward', query), signal);
  // Both channels begin with the number of the port in two bytes.
  const announcements = [2, 2];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      channels.send(0, chunk);
      done();
    },
    final(done) {
      channels.close();
      done();
    },
    destroy(error, done) {
      channels.close();
      done(error);
    },
  });
  channels.on('data', (channel, bytes) => {
    const skipped = Math.min(announcements[channel] ?? 0, bytes.length);
    announcements[channel] = (announcements[channel] ?? 0) - skipped;
    const rest = bytes.subarray(skipped);
    if (rest.length === 0) return;
    if (channel === 0) stream.push(rest);
    else stream.destroy(new Error(rest.toString().trim()));
  });
  channels.on('end', (error) => (error ? stream.destroy(error) : stream.push(null)));
  return stream;
}

/** Sends an HTTP request over a connection of its own. */
export async function requestOver(
  open: () => Promise<Duplex>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RouteAnswer> {
  const connection = await open();
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await new Promise<RouteAnswer>((resolve, reject) => {
      const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
      const sent = request({
        method,
        path,
        headers: { host: 'localhost', 'content-type': 'application/json', connection: 'close', ...length, ...headers },
        createConnection: () => connection,
      });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        let received = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          if (received.length < limit) received += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: received }));
      });
      sent.end(text);
    });
  } finally {
    connection.destroy();
  }
}
