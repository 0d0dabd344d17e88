import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cluster } from '../../cluster/client.ts';
import { attemptExec, type ContainerReference } from '../../cluster/exec.ts';
import { send } from '../../cluster/request.ts';
import type { ProgramAnswer, RouteAnswer } from './check.ts';

/** Most of an answer that is kept, in bytes. */
const limit = 1_000_000;

// An empty line says that the container's runtime is done: from then on it is the program that takes the time.
const announced = 'echo; exec "$0" "$@"';

/**
 * Runs a program in a container that has a shell.
 *
 * @param started is called when it was started, and may be again
 * @throws ProgramError if it could not be started; RefusedError if the API server refuses
 */
export async function runProgram(
  cluster: Cluster,
  where: ContainerReference,
  command: readonly string[],
  signal: AbortSignal,
  started: () => void,
): Promise<ProgramAnswer> {
  const options = { signal, limit, onOutput: started };
  const { stdout, ...answer } = await attemptExec(cluster, where, ['sh', '-c', announced, ...command], options);
  return { ...answer, stdout: stdout.slice(1) };
}

/** Reads a path of the API, whatever it answers with. */
export async function readPath(cluster: Cluster, path: string, signal: AbortSignal): Promise<RouteAnswer> {
  const options = { ...(await cluster.authenticate()), method: 'GET' };
  const answer = await send(new URL(path, cluster.server), options, { signal });
  let body = '';
  for await (const chunk of answer) if (body.length < limit) body += String(chunk);
  return { status: answer.statusCode ?? 0, body };
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
