import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Cluster } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { ExecError, exec } from '../../src/cluster/exec.ts';
import { context, ensureCluster, kubectl, loadPublicImages, readPlan } from './environment.ts';
import { attempt, eventually, type Outcome, type RunOptions } from './run.ts';

jest.setTimeout(300_000);

const repository = join(import.meta.dirname, '..', '..');
const program = join(repository, 'bin', 'repoctl.mjs');
const folder = mkdtempSync(join(tmpdir(), 'repoctl-pods-'));
const root = join(folder, 'repository');
const where = { namespace: 'podroom', pod: 'podroom-postgres-0', container: 'postgres' };
const namespaces = ['podroom', 'podhouse'];

const files: Readonly<Record<string, string>> = {
  'repoctl.yaml': 'name: podhouse\nglobal: { minio: false, redisInsight: false }\n',
  '.env.example': 'REDIS_PASSWORD=\n',
  'apps/podroom/infra/.env.example': 'POSTGRES_PASSWORD=\n',
  'apps/podroom/infra/project.yaml': 'name: podroom\nservices:\n  postgres: { hostPort: 15499 }\n',
};

/** A PATH on which there is all that repoctl may start, and no kubectl. */
function pathWithoutKubectl(): string {
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  for (const name of ['node', 'docker', 'kind', 'sh', 'ps', 'lsof', 'stty', 'sleep', 'tty']) {
    const found = attempt('sh', ['-c', `command -v ${name}`]).stdout.trim();
    if (found) symlinkSync(found, join(programs, name));
  }
  return programs;
}

let env: Record<string, string>;
let cluster: Cluster;
const running: ChildProcess[] = [];

const repoctl = (args: readonly string[], options: RunOptions = {}): Outcome =>
  attempt(process.execPath, [program, ...args], { cwd: root, env, ...options });
const here = ['--context', context];

beforeAll(async () => {
  ensureCluster();
  kubectl('delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  env = { PATH: pathWithoutKubectl(), XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1' };
  const made = attempt(process.execPath, [program, 'synth'], { cwd: root, env });
  expect([made.status, made.stderr]).toEqual([0, expect.any(String)]);
  loadPublicImages(root, readPlan(root));
  const started = repoctl(['infra', 'project', 'start', 'podroom', ...here]);
  expect([started.status, started.stderr]).toEqual([0, expect.stringContaining('podroom-postgres: healthy')]);
  cluster = await connect({ context });
});

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  kubectl('delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false');
  rmSync(folder, { recursive: true, force: true });
});

describe('a program in a container', () => {
  test('gives what it prints and its exit code', async () => {
    expect(await exec(cluster, where, ['sh', '-c', 'echo out; echo err >&2'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
    });
    const error = await exec(cluster, where, ['sh', '-c', 'echo no >&2; exit 42']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExecError);
    expect(error).toMatchObject({ code: 42, stderr: 'no\n', exitCode: 1 });
    const missing = await exec(cluster, where, ['no-such-program']).catch((thrown: unknown) => thrown as Error);
    expect(missing).toMatchObject({ code: undefined, message: expect.stringContaining('no-such-program') });
  });

  test('reads and prints some hundred MB unchanged', async () => {
    const block = randomBytes(1_000_000);
    const count = 300;
    const sent = createHash('sha256');
    let given = 0;
    const input = new Readable({
      read() {
        given += 1;
        if (given <= count) sent.update(block);
        this.push(given > count ? null : block);
      },
    });
    const received = createHash('sha256');
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        received.update(chunk);
        done();
      },
    });
    const { stderr } = await exec(cluster, where, ['bash', '-c', '{ tee /dev/fd/3 | sha256sum >&2; } 3>&1 | cat'], {
      input,
      output,
    });
    const sum = sent.digest('hex');
    expect(stderr).toBe(`${sum}  -\n`);
    expect(received.digest('hex')).toBe(sum);
  });
});

describe('a shell', () => {
  test('without a terminal reads stdin to its end, and ends with the exit code of the client', () => {
    const shell = ['infra', 'project', 'shell', 'podroom', ...here];
    expect(repoctl(shell, { input: 'select 6 * 7 as answer;\n' }).stdout).toContain('42');
    const failed = repoctl([...shell, 'postgres', '--', '-v', 'ON_ERROR_STOP=1'], { input: 'select nonsense;\n' });
    expect([failed.status, failed.stderr]).toEqual([3, expect.stringContaining('"nonsense" does not exist')]);
  });

  test('without a terminal is ended by Ctrl-C with 130', async () => {
    const child = spawn(
      process.execPath,
      [program, 'infra', 'project', 'shell', 'podroom', ...here, 'postgres', '--', '-c', 'select pg_sleep(20)'],
      { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    running.push(child);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    await sleeping(20);
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
    expect(said).toContain('psql in podroom/podroom-postgres-0 may keep running');
  });

  test('on a terminal gets its keys, its size and its changes; Ctrl-C ends a query and not the session', async () => {
    const resized = join(folder, 'resized');
    const line = [
      `(while [ ! -e ${resized} ]; do sleep 0.2; done; stty rows 40 cols 120 < /dev/tty) &`,
      'stty rows 33 cols 101;',
      `exec '${process.execPath}' '${program}' infra project shell podroom --context ${context}`,
    ].join(' ');
    const session = terminal(line);
    await session.shows(/podroom=# $/);
    session.types('\\! stty size\r');
    await session.shows(/^33 101\r$/m);
    writeFileSync(resized, '');
    await eventually('the new size', 20, async () => {
      session.types('\\! stty size\r');
      await session.shows(/^40 120\r$/m, 1000);
    });
    session.types('select pg_sleep(700);\r');
    await sleeping(700);
    session.types('\x03');
    await session.shows(/canceling statement due to user request/);
    session.types('select 6 * 7 as answer;\r');
    await session.shows(/^ +42\r$/m);
    session.types('\\q\r');
    expect(await session.ended).toBe(0);
  });

  test('of Redis answers on a terminal, and ends with it', async () => {
    const line = `stty rows 33 cols 101; exec '${process.execPath}' '${program}' infra global shell --context ${context}`;
    const session = terminal(line);
    await session.shows(/6379(\[\d+\])?> /);
    session.types('ping\r');
    await session.shows(/PONG/);
    session.types('quit\r');
    expect(await session.ended).toBe(0);
  });

  test('of a service that is stopped says so', () => {
    const stop = attempt('kubectl', [
      '--context',
      context,
      'scale',
      '-n',
      'podhouse',
      'sts/podhouse-redis',
      '--replicas=0',
    ]);
    expect(stop.status).toBe(0);
    const { status, stderr } = repoctl(['infra', 'global', 'shell', ...here]);
    expect([status, stderr]).toEqual([
      1,
      'error: podhouse-redis in podhouse is stopped\n  repoctl infra global start\n',
    ]);
    kubectl('scale', '-n', 'podhouse', 'sts/podhouse-redis', '--replicas=1');
    kubectl('rollout', 'status', '-n', 'podhouse', 'sts/podhouse-redis');
  });
});

test('a forwarded port leads to the next pod once its pod was deleted', async () => {
  const child = spawn(process.execPath, [program, 'infra', 'project', 'forward', 'podroom', '--context', context], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  await eventually('the port', 30, () => expect(said).toMatch(/localhost:\d+ {2}podroom-postgres$/m));
  const port = Number(/localhost:(\d+) {2}podroom-postgres$/m.exec(said)?.[1]);
  expect(await postgresAnswers(port)).toBe(true);
  kubectl('delete', 'pod', '-n', 'podroom', 'podroom-postgres-0', '--wait');
  // No other try: the connection waits for the pod.
  expect(await postgresAnswers(port)).toBe(true);
  expect(said).toMatch(/podroom-postgres: no pod of it is ready; waiting for it/);
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)))).toBe('SIGINT');
});

/** Whether a PostgreSQL server answers the question whether it speaks TLS. */
function postgresAnswers(port: number): Promise<boolean> {
  const socket = dial(port, '127.0.0.1');
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  return new Promise((resolve) => {
    socket.once('data', (chunk) => {
      resolve(/^[NS]$/.test(chunk.toString()));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

/** Once the server does what is to be interrupted. */
const sleeping = (seconds: number) =>
  eventually('the query', 60, async () => {
    const asked = `select count(*) from pg_stat_activity where query like 'select pg_sleep(${seconds})%'`;
    const { stdout } = await exec(cluster, where, ['sh', '-c', `psql -U "$POSTGRES_USER" -Atc "${asked}" podroom`]);
    expect(stdout).toBe('1\n');
  });

/** A command line on a terminal of its own. */
function terminal(line: string) {
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: root,
    env: { ...process.env, ...env, PATH: `${env.PATH}:${process.env.PATH}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.push(child);
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
    // Asked where its cursor is, a terminal answers.
    if (String(chunk).includes('\x1b[6n')) child.stdin.write('\x1b[33;101R');
  });
  return {
    types: (text: string) => void child.stdin.write(text),
    /** Waits until what is new on the screen matches, and forgets it. */
    async shows(pattern: RegExp, milliseconds = 60_000): Promise<void> {
      const end = Date.now() + milliseconds;
      while (!pattern.test(shown)) {
        if (Date.now() > end) throw new Error(`${pattern} is not shown:\n${shown}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      shown = '';
    },
    ended: new Promise<number | null>((resolve) => child.once('close', resolve)),
  };
}
