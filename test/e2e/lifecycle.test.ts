import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cluster, context, kubectl, provideBases, setUp, shifted, tearDown } from './environment.ts';
import { card, Ingest } from './ingest.ts';
import { attempt, eventually, kubectlProxy, type Outcome, type RunOptions } from './run.ts';

jest.setTimeout(900_000);

const program = join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs');
const environment = setUp();
let proxy: { url: string; stop(): void };
let ingest: Ingest;

beforeAll(async () => {
  proxy = await kubectlProxy(context);
  ingest = new Ingest(`${proxy.url}/api/v1/namespaces/turfoo/services/turfoo-api:8000/proxy`);
});

afterAll(() => {
  proxy?.stop();
  tearDown(environment);
});

/** Runs repoctl in the repository, whatever it ends with. */
const repoctl = (args: readonly string[], options: RunOptions = {}): Outcome =>
  attempt(process.execPath, [program, ...args], { cwd: environment.root, ...options });

const here = ['--context', context];
const project = (verb: string, ...args: string[]) => repoctl(['infra', 'project', verb, ...args, ...here]);

/** Starts repoctl, and goes on once it says something. */
function begun(args: readonly string[], words: string): Promise<{ readonly ended: Promise<Outcome> }> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: environment.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (status) => resolve({ status: status ?? 1, stdout: '', stderr }));
  });
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
      if (stderr.includes(words)) resolve({ ended });
    });
    ended.then(() => reject(new Error(`ended without saying ${words}:\n${stderr}`)));
  });
}

/** Runs repoctl and ends it by a signal after some time, in milliseconds. */
function interrupted(args: readonly string[], after: number, signal: NodeJS.Signals): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: environment.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  setTimeout(() => child.kill(signal), after);
  return new Promise((resolve) => child.once('close', () => resolve(stderr)));
}

/** Any moment up to one, in milliseconds; it is printed, since a failure may depend on it. */
function sometime(latest: number): number {
  const after = Math.round(1000 + Math.random() * (latest - 1000));
  process.stderr.write(`interrupted after ${after} ms\n`);
  return after;
}

const succeeded = (outcome: Outcome) => {
  if (outcome.status !== 0) throw new Error(`exit code ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
};

/** The pods of a namespace that run, with how often they were restarted. */
const pods = (namespace: string): string[] =>
  (
    JSON.parse(kubectl('get', 'pods', '-n', namespace, '-o', 'json').stdout) as {
      items: {
        metadata: { uid: string; name: string };
        status: { phase: string; containerStatuses?: { restartCount: number }[] };
      }[];
    }
  ).items
    .filter(({ status }) => status.phase === 'Running')
    .map(({ metadata, status }) => `${metadata.name} ${metadata.uid} ${status.containerStatuses?.[0]?.restartCount}`)
    .sort();

const claims = (): string[] => kubectl('get', 'pvc', '-n', 'turfoo', '-o', 'name').stdout.trim().split('\n').sort();

const kept = card('2026-10-01', 1);
const lost = card('2026-10-02', 2);

/** That a card can be read from each store that there is. */
async function isWhole({ id }: { id: string }): Promise<void> {
  await ingest.read(`/races/${id}`);
  await ingest.read(`/races/${id}/raw`);
  if (environment.hasImmudb) expect(JSON.stringify(await ingest.read(`/races/${id}/audit`))).toContain(id);
}

describe('a project', () => {
  test('is started with the global tier, and its endpoints are printed', () => {
    const { stdout, stderr } = succeeded(project('start', 'turfoo'));
    expect(stdout).toMatch(new RegExp(`^turfoo-api +http +http://localhost:${shifted(18_000)}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^monorepo-redis +redis +localhost:${shifted(6379)}$`, 'm'));
    expect(stderr).toContain('turfoo-api: healthy');
  });

  test('is healthy then, by its folder’s name, too', () => {
    const { stdout } = succeeded(repoctl(['infra', 'project', 'status', 'svc-turfoo-ingest', '-o', 'json', ...here]));
    const { tiers } = JSON.parse(stdout) as { tiers: { namespace: string; services: { status: string }[] }[] };
    expect(tiers.map(({ namespace }) => namespace)).toEqual(['turfoo']);
    expect([...new Set(tiers[0]?.services.map(({ status }) => status))]).toEqual(['healthy']);
    expect(succeeded(repoctl(['status', ...here])).stdout).toMatch(/^turfoo +healthy/m);
  });

  test('started again keeps its pods', () => {
    const before = pods('turfoo');
    succeeded(project('start', 'turfoo'));
    expect(pods('turfoo')).toEqual(before);
  });

  test('has one log of all its pods', async () => {
    await ingest.post(kept);
    await isWhole(kept);
    const { stdout } = succeeded(project('logs', 'turfoo', '--since', '10m'));
    expect(stdout).toMatch(/^api-\w+ .*POST \/races/m);
    expect(stdout).toMatch(/^celery-worker-\w+ /m);
    const { stdout: ofWorker } = succeeded(project('logs', 'turfoo', 'celery-worker', '--tail', '5'));
    expect(ofWorker).not.toMatch(/^api-/m);
  });

  test('runs changed code after a rebuild, and only the pods of that image are replaced', async () => {
    const path = join(environment.root, 'backends/svc-turfoo-ingest/src/turfoo/api.py');
    const database = pods('turfoo').filter((pod) => pod.startsWith('turfoo-postgres'));
    writeFileSync(path, readFileSync(path, 'utf8').replace('{"status": "up"}', '{"status": "up", "build": "second"}'));
    succeeded(project('rebuild', 'turfoo'));
    expect(await ingest.read('/health')).toEqual({ status: 'up', build: 'second' });
    expect(pods('turfoo').filter((pod) => pod.startsWith('turfoo-postgres'))).toEqual(database);
  });

  test('restarts one service', () => {
    const before = pods('turfoo');
    succeeded(project('restart', 'turfoo', 'celery-beat'));
    const after = pods('turfoo');
    const changed = after.filter((pod) => !before.includes(pod));
    expect(changed.map((pod) => pod.split('-').slice(0, 3).join('-'))).toEqual(['turfoo-celery-beat']);
  });

  test('gives its variables for programs on this machine, with passwords only where they are asked for', () => {
    const { stdout } = succeeded(repoctl(['infra', 'env', 'turfoo', '--export']));
    expect(stdout).toMatch(
      new RegExp(`^export DATABASE_URL='postgresql://turfoo:[\\w-]{32}@localhost:${shifted(15_432)}/turfoo'$`, 'm'),
    );
  });
});

describe('the data of a project', () => {
  const latest = () =>
    join(
      'backups',
      'turfoo',
      readdirSync(join(environment.root, 'backups', 'turfoo'))
        .sort()
        .at(-1) ?? '',
    );

  test('is backed up, reset and restored, row by row, object by object', async () => {
    succeeded(project('backup', 'turfoo'));
    const first = latest();
    expect(existsSync(join(environment.root, first, 'manifest.json'))).toBe(true);
    await ingest.post(lost);
    await isWhole(lost);
    const { stderr } = succeeded(project('reset', 'turfoo', '--yes'));
    expect(stderr).toContain('This deletes the data of turfoo:');
    expect(latest()).not.toBe(first);
    expect(await ingest.missing([kept, lost])).toEqual([kept.id, lost.id]);
    succeeded(project('restore', 'turfoo', latest(), '--yes'));
    await isWhole(kept);
    await isWhole(lost);
    succeeded(project('restore', 'turfoo', first, '--yes'));
    await isWhole(kept);
    expect(await ingest.missing([kept, lost])).toEqual([lost.id]);
  });

  test('is refused a damaged backup before anything is touched', () => {
    const folder = join(environment.root, latest());
    const dump =
      readdirSync(folder, { recursive: true })
        .map(String)
        .find((name) => /\.(dump|pgdump|custom)$/.test(name)) ?? '';
    const copy = `${folder}-damaged`;
    attempt('cp', ['-r', folder, copy]);
    writeFileSync(join(copy, dump), 'damaged');
    const { status, stderr } = project('restore', 'turfoo', copy, '--yes');
    attempt('rm', ['-r', copy]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(dump);
  });

  // A disk without room takes a file system of its own, which only root may mount.
  const small = join(environment.root, 'small');
  mkdirSync(small);
  const mounted = attempt('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'none', small]).status === 0;
  afterAll(() => {
    if (mounted) attempt('umount', [small]);
  });

  (mounted ? test : test.skip)('is not backed up where there is no room, and nothing is left of the attempt', () => {
    const { status, stderr } = project('backup', 'turfoo', '--out', join(small, 'backup'));
    expect([status, stderr]).toEqual([1, expect.stringMatching(/no (room|space)|ENOSPC/i)]);
    expect(readdirSync(small)).toEqual([]);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'survives %s in a backup and in a restore, after which the same commands complete',
    async (signal) => {
      await interrupted(['infra', 'project', 'backup', 'turfoo', ...here], sometime(8000), signal);
      succeeded(project('backup', 'turfoo'));
      await interrupted(
        ['infra', 'project', 'restore', 'turfoo', '--latest', '--yes', ...here],
        sometime(15_000),
        signal,
      );
      succeeded(project('restore', 'turfoo', '--latest', '--yes'));
      succeeded(project('start', 'turfoo'));
      await isWhole(kept);
    },
  );

  test('stays while it is stopped', async () => {
    const before = claims();
    succeeded(project('stop', 'turfoo'));
    expect(pods('turfoo')).toEqual([]);
    expect(claims()).toEqual(before);
    expect(succeeded(repoctl(['status', ...here])).stdout).toMatch(/^turfoo.* stopped/m);
    expect(succeeded(project('stop', 'turfoo')).stderr).toContain('turfoo: is not running');
    succeeded(project('start', 'turfoo'));
    await isWhole(kept);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)(
    'stays through %s in a start, after which the same command completes',
    async (signal) => {
      succeeded(project('stop', 'turfoo'));
      const stderr = await interrupted(['infra', 'project', 'start', 'turfoo', ...here], sometime(10_000), signal);
      // Early on it may not have begun, late it may be done.
      if (stderr.includes('interrupted')) expect(stderr).toContain('Run the same command again to continue.');
      succeeded(project('start', 'turfoo'));
      await isWhole(kept);
    },
  );
});

describe('a start and a stop of one project at once', () => {
  const waiting = /^turfoo: waiting for another command: repoctl infra project (start|stop) turfoo/m;

  test('follow each other: the stop waits until the start is done, and leaves nothing running', async () => {
    succeeded(project('stop', 'turfoo'));
    const { ended } = await begun(['infra', 'project', 'start', 'turfoo', ...here], 'applying turfoo');
    expect(succeeded(project('stop', 'turfoo', '--timeout', '300')).stderr).toMatch(waiting);
    succeeded(await ended);
    expect(pods('turfoo')).toEqual([]);
  });

  test('follow each other the other way round, too', async () => {
    succeeded(project('start', 'turfoo'));
    const { ended } = await begun(['infra', 'project', 'stop', 'turfoo', ...here], 'turfoo: stopping');
    expect(succeeded(project('start', 'turfoo')).stderr).toMatch(waiting);
    succeeded(await ended);
    await isWhole(kept);
  });
});

describe('two projects', () => {
  test('live beside each other: one that is made and started, and stopped again, leaves the other alone', () => {
    succeeded(repoctl(['infra', 'init', 'shop', '--template', 'node']));
    provideBases(environment.root);
    const before = [pods('turfoo'), pods('monorepo')];
    succeeded(project('start', 'shop'));
    expect(pods('shop').length).toBeGreaterThan(0);
    succeeded(project('stop', 'shop'));
    expect(pods('shop')).toEqual([]);
    expect([pods('turfoo'), pods('monorepo')]).toEqual(before);
  });

  test('lose what left the configuration, and nothing that is not repoctl’s', () => {
    kubectl('create', 'configmap', 'foreign', '-n', 'shop');
    const path = join(environment.root, 'backends', 'shop', 'infra', 'project.yaml');
    succeeded(project('start', 'shop'));
    const before = kubectl('get', 'deployments', '-n', 'shop', '-o', 'name').stdout.trim().split('\n');
    const text = readFileSync(path, 'utf8');
    const renamed = text.replace(/^( {2})(\w[\w-]*)(:\n {4}kind: http)/m, '$1renamed$3');
    expect(renamed).not.toBe(text);
    writeFileSync(path, renamed);
    succeeded(project('start', 'shop'));
    expect(kubectl('get', 'deployments', '-n', 'shop', '-o', 'name').stdout).toContain('shop-renamed');
    for (const name of before)
      expect(kubectl('get', 'deployments', '-n', 'shop', '-o', 'name').stdout).not.toContain(`${name}\n`);
    expect(kubectl('get', 'configmap', 'foreign', '-n', 'shop', '-o', 'name').stdout).toBe('configmap/foreign\n');
  });

  test('keep the global tier from being stopped under them', async () => {
    const { status, stderr } = repoctl(['infra', 'global', 'stop', ...here]);
    expect(status).toBe(2);
    expect(stderr).toContain('shop, turfoo use the global tier');
    succeeded(project('stop', 'shop'));
    succeeded(repoctl(['infra', 'global', 'stop', '--force', ...here]));
    expect(pods('monorepo')).toEqual([]);
    succeeded(project('start', 'turfoo'));
    await eventually('the card after the global tier is back', 60, () => isWhole(kept));
  });
});

describe('what can’t be', () => {
  const dead = { KUBECONFIG: join(environment.root, 'dead.kubeconfig') };
  // Without a name of a context it is that of the environment's own cluster.
  const rest = (env: Record<string, string>) => ({ env: { KIND_CLUSTER_NAME: cluster, ...env } });

  beforeAll(() => {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
      'current-context': context,
    };
    writeFileSync(dead.KUBECONFIG, JSON.stringify(config));
  });

  test.each([
    [
      'a project that there isn’t',
      ['infra', 'project', 'start', 'turfo', ...here],
      {},
      2,
      'no project "turfo"; allowed: shop, turfoo; did you mean "turfoo"?',
    ],
    [
      'a service that there isn’t',
      ['infra', 'project', 'restart', 'turfoo', 'ap', ...here],
      {},
      2,
      'turfoo has no service "ap"',
    ],
    ['a command that there isn’t', ['infra', 'project', 'strat'], {}, 2, "unknown command 'strat'"],
    [
      'a context that there isn’t',
      ['infra', 'project', 'start', 'turfoo', '--context', 'kind-nowhere'],
      {},
      2,
      'no context "kind-nowhere"',
    ],
    [
      'no kubeconfig',
      ['infra', 'project', 'start', 'turfoo'],
      { KUBECONFIG: '/nowhere' },
      3,
      'repoctl up makes the cluster',
    ],
    ['a dead API server', ['infra', 'project', 'start', 'turfoo'], dead, 3, "can't reach https://127.0.0.1:9"],
    ['a dead API server, for status', ['status'], dead, 3, "can't reach https://127.0.0.1:9"],
    [
      'no Docker',
      ['infra', 'project', 'start', 'turfoo', ...here],
      { DOCKER_HOST: 'unix:///nowhere.sock' },
      3,
      'Docker is not running',
    ],
    [
      'a damaged folder as a backup',
      ['infra', 'project', 'restore', 'turfoo', 'nowhere', '--yes', ...here],
      {},
      2,
      'nowhere',
    ],
    ['nobody to ask', ['infra', 'project', 'reset', 'turfoo', ...here], {}, 2, '--yes'],
    [
      'a time that is none',
      ['infra', 'project', 'start', 'turfoo', '--timeout', 'long'],
      {},
      2,
      'expected a number of seconds above 0',
    ],
  ] as const)('is refused: %s', (_, args, env, status, message) => {
    const outcome = repoctl([...args], rest(env as Record<string, string>));
    expect([outcome.stderr, outcome.status]).toEqual([expect.stringContaining(message), status]);
  });

  test('is refused: a .env that lacks a key', () => {
    const path = join(environment.root, 'backends/svc-turfoo-ingest/infra/.env');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^POSTGRES_PASSWORD=.*\n/m, ''));
    const { status, stderr } = project('start', 'turfoo');
    writeFileSync(path, text);
    expect([status, stderr]).toEqual([2, expect.stringContaining('infra/.env:1:1: POSTGRES_PASSWORD is missing')]);
  });

  test('is refused: a fixed port that another program holds', async () => {
    const other = spawn(process.execPath, [
      '-e',
      `require('node:http').createServer().listen(${shifted(18_000)}, '127.0.0.1', () => console.log('up'))`,
    ]);
    await new Promise((resolve) => other.stdout.once('data', resolve));
    const { status, stderr } = project('forward', 'turfoo');
    other.kill();
    expect(stderr).toMatch(new RegExp(`port ${shifted(18_000)} \\(turfoo-api\\) is used by node \\(pid \\d+\\)`));
    expect(status).toBe(2);
  });

  test('is refused: more than the node has, and it is said what would make room', () => {
    const path = join(environment.root, 'backends/shop/infra/project.yaml');
    const text = readFileSync(path, 'utf8');
    const resources = 'resources: { requests: { cpu: "400" }, limits: { cpu: "400" } }';
    writeFileSync(path, text.replace(/^( +)kind: http$/m, `$1kind: http\n$1${resources}`));
    const { status, stderr } = project('start', 'shop');
    writeFileSync(path, text);
    expect([status, stderr]).toEqual([1, expect.stringContaining('stopping turfoo gives back')]);
  });

  test('says what a program wrote last that runs and does not get ready', () => {
    const path = join(environment.root, 'backends/shop/infra/project.yaml');
    const text = readFileSync(path, 'utf8');
    // As a supervisor that waits for a change after its program has crashed.
    const program = 'command: [node, -e, "console.error(\'Error: no such module\'); setInterval(() => 0, 1000)"]';
    writeFileSync(path, text.replace(/^( +)kind: http$/m, `$1kind: http\n$1${program}`));
    const { status, stderr } = project('start', 'shop', '--timeout', '40');
    writeFileSync(path, text);
    expect(status).toBe(4);
    // While it waits, and when it gives up.
    expect(stderr.match(/^ +Error: no such module$/gm)).toHaveLength(2);
  });

  test('ends a start at once with its cause: an image that doesn’t start', () => {
    const path = join(environment.root, 'backends/shop/infra/project.yaml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^( +)kind: http$/m, '$1kind: http\n$1command: [no-such-program]'));
    const { status, stderr } = project('start', 'shop');
    writeFileSync(path, text);
    expect(status).toBe(1);
    expect(stderr).toContain('no-such-program');
  });
});
