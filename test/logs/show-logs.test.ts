import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { type LogsOptions, showLogs } from '../../src/logs/show-logs.ts';
import { ClusterError } from '../../src/platform/errors.ts';
import { type Instance, LogServer } from './log-server.ts';

const selection = { title: 'turfoo', pods: { namespace: 'turfoo' }, prefix: 'turfoo-', start: 'repoctl start turfoo' };
const instance = (id: string, ...lines: string[]): Instance => ({ id, lines, running: true });

/** Collects what is written. */
class Sink extends Writable {
  readonly isTTY = false as never;
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += chunk;
    done();
  }
}

/** Someone who reads a line and goes. */
class Head extends Sink {
  override _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void {
    if (this.text === '') super._write(chunk, encoding, done);
    else done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  }
}

const server = new LogServer();
let cluster: Cluster;
beforeEach(async () => {
  server.pods.length = 0;
  cluster = await server.start();
});
afterEach(() => server.stop());

function show(options: Partial<LogsOptions> = {}, stdout = new Sink()) {
  const stderr = new Sink();
  const interrupt = new AbortController();
  const all = { follow: false, previous: false, timestamps: false, ...options };
  return { stdout, stderr, interrupt, ended: showLogs(cluster, selection, all, { stdout, stderr }, interrupt) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('the logs as they are', () => {
  test('are merged by time', async () => {
    server.pods.push(
      { name: 'turfoo-api', current: instance('1', '01 starts', '04 serves') },
      { name: 'turfoo-worker', current: instance('2', '02 waits', '03 works') },
    );
    const { ended, stdout, stderr } = show();
    expect(await ended).toBe(0);
    expect(stdout.text).toBe('api    | starts\nworker | waits\nworker | works\napi    | serves\n');
    expect(stderr.text).toBe('');
  });

  test('may begin with their times, and be only the last lines of each', async () => {
    server.pods.push({ name: 'turfoo-api', current: instance('1', '01 starts', '04 serves') });
    const { ended, stdout } = show({ timestamps: true, tail: 1 });
    await ended;
    expect(stdout.text).toBe('api | 2026-01-31T09:00:04.000000000Z serves\n');
  });

  test('of the instances before the last restart', async () => {
    server.pods.push({
      name: 'turfoo-api',
      last: instance('1', '01 out of memory'),
      current: instance('2', '02 starts'),
    });
    server.pods.push({ name: 'turfoo-worker', current: instance('3', '02 works') });
    const { ended, stdout } = show({ previous: true });
    await ended;
    expect(stdout.text).toContain('| out of memory\n');
    expect(stdout.text.split('\n')).toHaveLength(2);
  });

  test('are none of a project without pods: it says how to start it', async () => {
    const { ended, stderr } = show();
    expect(await ended).toBe(1);
    expect(stderr.text).toBe('turfoo is not running in kind-test: it has no pods\n  repoctl start turfoo\n');
  });

  test('end silently when nobody reads on', async () => {
    server.pods.push({ name: 'turfoo-api', current: instance('1', '01 starts') });
    server.pods.push({ name: 'turfoo-worker', current: instance('2', '02 works', '03 works') });
    const { ended, stderr } = show({ follow: true }, new Head());
    server.pods[0]?.current?.lines.push('09 more');
    expect(await ended).toBe(0);
    expect(stderr.text).toBe('');
  });

  test('fail when the cluster can’t be reached', async () => {
    await server.stop();
    await expect(show().ended).rejects.toThrow(ClusterError);
    await server.start();
  });
});

describe('following', () => {
  test('loses and repeats nothing when connections break off and containers are started again', async () => {
    const [first, second] = [instance('1', '01 a', '02 b'), instance('2', '05 e')];
    const pod = { name: 'turfoo-api', current: first, last: undefined as Instance | undefined };
    server.pods.push(pod);
    const { ended, stdout, stderr, interrupt } = show({ follow: true });
    await until(() => stdout.text.includes('b'));
    first.lines.push('02 c');
    await until(() => stdout.text.includes('c'));
    server.cut();
    // Nobody listens when the first instance writes its last words.
    first.lines.push('03 d');
    first.running = false;
    Object.assign(pod, { last: first, current: second });
    server.pods.push({ name: 'turfoo-worker', last: instance('3', '05 x'), current: instance('4', '06 y') });
    await until(() => stdout.text.includes('e') && stdout.text.includes('y'));
    server.pods.pop();
    await until(() => stderr.text.includes('gone'));
    interrupt.abort();
    expect(await ended).toBe(0);
    const lines = stdout.text.split('\n').map((line) => line.replace(/ +\|/, ''));
    expect(lines.filter((line) => line.startsWith('api'))).toEqual(['api a', 'api b', 'api c', 'api d', 'api e']);
    expect(lines.filter((line) => line.startsWith('worker'))).toEqual(['worker x', 'worker y']);
    expect(stderr.text).toContain('-- api was started again after OOMKilled, exit code 137\n');
    expect(stderr.text).toContain('-- worker is new\n');
    expect(stderr.text).toContain('-- worker is gone\n');
  });

  test('goes on when the server comes back, and says once that it was away', async () => {
    const api = instance('1', '01 a');
    server.pods.push({ name: 'turfoo-api', current: api });
    const { ended, stdout, stderr, interrupt } = show({ follow: true });
    await until(() => stdout.text.includes('a'));
    await server.stop();
    await until(() => stderr.text.includes('waiting'));
    api.lines.push('02 b');
    await server.start();
    await until(() => stdout.text.includes('b\n'));
    interrupt.abort();
    expect(await ended).toBe(0);
    expect(stdout.text).toBe('api | a\napi | b\n');
    expect(stderr.text.split('\n')).toEqual([
      expect.stringMatching(/^-- can't reach http.* \(context kind-test\): ECONN\w+; waiting for it$/),
      expect.stringMatching(/^-- http.* answers again$/),
      '',
    ]);
  });
});
