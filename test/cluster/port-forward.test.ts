import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { portForward } from '../../src/cluster/port-forward.ts';
import { FailureError, UsageError } from '../../src/platform/errors.ts';
import { failure } from '../backup/written.ts';
import { PodServer } from './pod-server.ts';

const target = { namespace: 'turfoo', service: 'turfoo-api', port: 80 };
const service = {
  metadata: { name: 'turfoo-api', namespace: 'turfoo' },
  spec: { selector: { app: 'api' }, ports: [{ port: 80, targetPort: 'http' }] },
};
const pod = (name: string, ready: boolean, since: string) => ({
  metadata: { name, namespace: 'turfoo', creationTimestamp: since },
  spec: { containers: [{ name: 'api', ports: [{ name: 'http', containerPort: 8000 }] }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since }],
  },
});
const long = '2026-01-01T00:00:00Z';

let server: PodServer;
let cluster: Cluster;
let pods: object[];
let program: Server;
let said: string[];
const clients: Socket[] = [];

beforeEach(async () => {
  server = new PodServer();
  cluster = await server.start();
  pods = [pod('one', true, long)];
  said = [];
  server.behaviour.route = (path, response) => {
    if (path === '/api/v1/namespaces/turfoo/services/turfoo-api') return response.end(JSON.stringify(service));
    if (path.startsWith('/api/v1/namespaces/turfoo/pods?')) return response.end(JSON.stringify({ items: pods }));
    return response.writeHead(404).end('{}');
  };
  program = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => socket.write(`you said ${chunk}`));
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
  server.behaviour.forwardTo = (program.address() as { port: number }).port;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
  program.close();
});

const open = () => portForward(cluster, target, { report: (line) => said.push(line) });

/** What is answered to one word; empty if the connection is closed first. */
function answer(port: number, word = 'hello'): Promise<string> {
  const client = connect(port, '127.0.0.1');
  clients.push(client);
  client.write(word);
  return new Promise((resolve) => {
    client.once('data', (chunk) => resolve(String(chunk)));
    client.once('error', () => resolve(''));
    client.once('close', () => resolve(''));
  });
}

describe('a forwarded port', () => {
  test('leads to the port of a ready pod that the Service names', async () => {
    pods = [pod('old', false, long), pod('new', true, '2026-02-01T00:00:00Z')];
    const forwarding = await open();
    expect(await answer(forwarding.port)).toBe('you said hello');
    expect(server.opened).toEqual(['/api/v1/namespaces/turfoo/pods/new/portforward?ports=8000']);
    await forwarding.close();
    expect(await answer(forwarding.port)).toBe('');
    expect(said).toEqual([]);
  });

  test('takes many connections at once, and large answers whole', async () => {
    const forwarding = await open();
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    expect(await Promise.all(words.map((word) => answer(forwarding.port, word)))).toEqual(
      words.map((word) => `you said ${word}`),
    );
    program.removeAllListeners('connection');
    program.on('connection', (socket) => socket.end(Buffer.alloc(5_000_000)));
    let bytes = 0;
    for await (const chunk of connect(forwarding.port, '127.0.0.1')) bytes += chunk.length;
    expect(bytes).toBe(5_000_000);
    await forwarding.close();
  });

  test('outlives the pod: what comes while there is none waits for the next one', async () => {
    const forwarding = await open();
    expect(await answer(forwarding.port)).toBe('you said hello');
    pods = [{ ...pod('one', true, long), metadata: { name: 'one', namespace: 'turfoo', deletionTimestamp: long } }];
    server.cut();
    // What was chosen is asked for again after a second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const waiting = answer(forwarding.port);
    await new Promise((resolve) => setTimeout(resolve, 700));
    pods = [pod('two', false, new Date().toISOString())];
    await new Promise((resolve) => setTimeout(resolve, 700));
    pods = [pod('two', true, new Date().toISOString())];
    expect(await waiting).toBe('you said hello');
    expect(server.opened.at(-1)).toContain('/pods/two/');
    expect(said).toEqual(['turfoo-api: no pod of it is ready; waiting for it']);
    await forwarding.close();
  });

  test('says once that nothing listens in the pod', async () => {
    program.close();
    const forwarding = await open();
    expect(await answer(forwarding.port)).toBe('');
    expect(await answer(forwarding.port)).toBe('');
    expect(said).toEqual([expect.stringMatching(/^turfoo-api: connect ECONNREFUSED /)]);
    await forwarding.close();
  });

  test('does not wait for what is forbidden', async () => {
    const forwarding = await open();
    server.behaviour.refuse = { status: 403, message: 'pods "one" is forbidden' };
    expect(await answer(forwarding.port)).toBe('');
    expect(said).toEqual([expect.stringContaining('pods "one" is forbidden')]);
    await forwarding.close();
  });

  test('is refused for a Service that there is not, for a port that it has not, and for a port that is taken', async () => {
    const missing = await failure(portForward(cluster, { ...target, service: 'none' }));
    expect(missing).toBeInstanceOf(FailureError);
    expect(missing.message).toBe('there is no Service none in the namespace turfoo of kind-test');
    const other = await failure(portForward(cluster, { ...target, port: 81 }));
    expect(other.message).toBe('the Service turfoo-api in the namespace turfoo of kind-test has no port 81');
    const forwarding = await open();
    const taken = await failure(portForward(cluster, target, { localPort: forwarding.port }));
    expect(taken).toBeInstanceOf(UsageError);
    expect(taken.message).toBe(`port ${forwarding.port} is taken`);
    await forwarding.close();
  });
});
