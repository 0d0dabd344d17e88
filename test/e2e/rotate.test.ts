import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'dotenv';
import { images } from '../../charts/common/images.ts';
import { bringImages, context, kubectl, setUp, tearDown } from './environment.ts';
import { card, Ingest, type RaceCard } from './ingest.ts';
import { attempt, eventually, kubectlProxy, type Outcome } from './run.ts';

jest.setTimeout(900_000);

const program = join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs');
const environment = setUp();
const here = ['--context', context];
const file = join(environment.root, 'backends/svc-turfoo-ingest/infra/.env');
const values = (path = file): Record<string, string> => parse(readFileSync(path));
let proxy: { url: string; stop(): void };
let ingest: Ingest;

const repoctl = (...args: string[]): Outcome =>
  attempt(process.execPath, [program, ...args, ...here], { cwd: environment.root });

const succeeded = (outcome: Outcome): Outcome => {
  if (outcome.status !== 0) throw new Error(`exit code ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
};

/** Runs repoctl while this process goes on; it may be killed after some milliseconds. */
function running(args: readonly string[], killedAfter?: number): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args, ...here], { cwd: environment.root });
  const outcome = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk) => {
      outcome[stream] += String(chunk);
    });
  const timer = killedAfter && setTimeout(() => child.kill('SIGKILL'), killedAfter);
  return new Promise((resolve) =>
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, ...outcome });
    }),
  );
}

/** Posts cards until it is told to stop: those that were accepted. */
function load(day: string): () => Promise<RaceCard[]> {
  const accepted: RaceCard[] = [];
  let stopped = false;
  const working = (async () => {
    for (let number = 1; !stopped && number < 99; number++) {
      const next = card(day, number);
      await ingest.post(next, 120);
      accepted.push(next);
      await sleep(500);
    }
  })();
  return async () => {
    stopped = true;
    await working;
    return accepted;
  };
}

/** What the services say in their own protocols, with the passwords of their Secrets. */
const healthy = () =>
  eventually('all is healthy', 120, () => {
    const { status, stdout } = repoctl('status', '--deep', '-o', 'wide');
    if (status !== 0) throw new Error(stdout);
  });

const psql = (password: string) =>
  attempt('kubectl', [
    ...[...here, '-n', 'turfoo', 'exec', '-i', 'turfoo-postgres-0', '-c', 'postgres', '--'],
    ...['sh', '-c', `PGPASSWORD='${password}' psql -w -h "$HOSTNAME" -U turfoo -d turfoo -c 'select 1'`],
  ]);

const secrets = () =>
  kubectl('get', 'secrets', '-A', '-l', 'app.kubernetes.io/managed-by=repoctl', '-o', 'json').stdout;

beforeAll(async () => {
  proxy = await kubectlProxy(context);
  ingest = new Ingest(`${proxy.url}/api/v1/namespaces/turfoo/services/turfoo-api:8000/proxy`);
  succeeded(repoctl('infra', 'project', 'start', 'turfoo'));
});

afterAll(() => {
  proxy?.stop();
  tearDown(environment);
});

describe('passwords', () => {
  test.each([
    ['of a project', ['infra', 'project', 'rotate', 'turfoo'], '2026-09-01', file],
    ['of the global tier', ['infra', 'global', 'rotate'], '2026-09-02', join(environment.root, '.env')],
  ])('%s are made anew under load, without a lost card', async (_, args, day, path) => {
    const before = values(path);
    const done = load(day);
    await sleep(3000);
    const { stderr } = succeeded(await running(args));
    const cards = await done();
    expect(cards.length).toBeGreaterThan(3);
    await eventually('every card that was accepted can be read', 180, async () => {
      const missing = await ingest.missing(cards);
      if (missing.length > 0) throw new Error(missing.join(', '));
    });
    const after = values(path);
    for (const name of Object.keys(before).filter((each) => /PASSWORD|SECRET_KEY$/.test(each) && before[each] !== ''))
      expect([name, after[name]]).not.toEqual([name, before[name]]);
    // No password is printed.
    for (const value of Object.values(after).filter((each) => each.length > 12)) expect(stderr).not.toContain(value);
    await healthy();
    expect(secrets()).not.toContain('.previous');
  });

  test('that were put into a .env by hand are changed by a start, and the old one is refused', async () => {
    const { POSTGRES_PASSWORD: old = '' } = values();
    expect(psql(old).status).toBe(0);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/^POSTGRES_PASSWORD=.*$/m, 'POSTGRES_PASSWORD=by-hand-0123'),
    );
    const { stderr } = succeeded(repoctl('infra', 'project', 'start', 'turfoo'));
    expect(stderr).toContain('turfoo-postgres: changing POSTGRES_PASSWORD');
    expect(stderr).toContain('turfoo-api: starting again with what has changed');
    expect([psql(old).status, psql('by-hand-0123').status]).toEqual([2, 0]);
    await healthy();
  });

  test('that were changed by a command that was killed are so after a start', async () => {
    const after = Math.round(1500 + Math.random() * 8000);
    process.stderr.write(`killed after ${after} ms\n`);
    await running(['infra', 'project', 'rotate', 'turfoo'], after);
    succeeded(repoctl('infra', 'project', 'start', 'turfoo'));
    await healthy();
    expect(secrets()).not.toContain('.previous');
  });

  test('that are changed while the project is stopped are changed by the next start', async () => {
    succeeded(repoctl('infra', 'project', 'stop', 'turfoo'));
    const { stderr } = succeeded(repoctl('infra', 'project', 'rotate', 'turfoo', 'postgres'));
    expect(stderr).toContain('turfoo-postgres is stopped: it takes its new password when it is started');
    succeeded(repoctl('infra', 'project', 'start', 'turfoo'));
    await healthy();
  });
});

test('a password that was changed in the server alone is named as the cause by a start, and a new one mends it', async () => {
  const sql = "ALTER USER turfoo PASSWORD 'another'";
  const command = ['sh', '-c', `psql -U turfoo -d turfoo -c "${sql}"`];
  kubectl('-n', 'turfoo', 'exec', 'turfoo-postgres-0', '-c', 'postgres', '--', ...command);
  kubectl('-n', 'turfoo', 'delete', 'pod', '-l', 'app.kubernetes.io/name=api');
  const { status, stderr } = repoctl('infra', 'project', 'start', 'turfoo', '--timeout', '40');
  expect(status).toBe(4);
  expect(stderr).toContain('turfoo-postgres: WrongPassword: it rejects the password of its Secret');
  expect(stderr).toContain('repoctl infra project rotate turfoo postgres');
  succeeded(repoctl('infra', 'project', 'rotate', 'turfoo', 'postgres'));
  await healthy();
});

test('a .env that was deleted gets back what the cluster has, and nothing else is changed', async () => {
  const before = values();
  const pods = () => {
    const { stdout } = kubectl('get', 'pods', '-A', '-l', 'repoctl.dev/tier', '-o', 'json');
    const { items } = JSON.parse(stdout) as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
    // One of before may still be ending.
    return items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
  };
  const running = pods();
  rmSync(file);
  const { stderr } = succeeded(repoctl('infra', 'project', 'start', 'turfoo'));
  expect(stderr).toContain('infra/.env from its .env.example, with the values that the cluster has');
  expect(values()).toEqual(before);
  expect(pods()).toEqual(running);
  await healthy();
});

test('a service of which nobody knows is refused, and one that all share is named with its command', () => {
  const outcome = repoctl('infra', 'project', 'rotate', 'turfoo', 'postgre');
  expect([outcome.status, outcome.stderr]).toEqual([2, expect.stringContaining('did you mean "postgres"?')]);
  const shared = repoctl('infra', 'project', 'rotate', 'turfoo', 'redis');
  expect([shared.status, shared.stderr]).toEqual([2, expect.stringContaining('repoctl infra global rotate redis')]);
});

describe('a service of any image with a claim', () => {
  const folder = join(environment.root, 'backends', 'notes', 'infra');
  const inStore = (script: string) =>
    kubectl('-n', 'notes', 'exec', 'notes-store-0', '-c', 'store', '--', 'sh', '-c', script).stdout.trim();

  beforeAll(() => {
    bringImages(images.busybox);
    mkdirSync(folder, { recursive: true });
    const store = {
      kind: 'container',
      image: images.busybox,
      command: ['sh', '-c', 'exec httpd -f -p 8000 -h /data'],
      port: 8000,
      storage: { path: '/data' },
      stopSeconds: 1,
      resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '500m', memory: '32Mi' } },
    };
    writeFileSync(join(folder, 'project.yaml'), JSON.stringify({ name: 'notes', services: { store } }));
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'scratch' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    };
    mkdirSync(join(folder, 'manifests'));
    writeFileSync(join(folder, 'manifests', 'scratch.yaml'), JSON.stringify(claim));
    succeeded(repoctl('infra', 'project', 'start', 'notes'));
  });

  test('is reset after a backup, which a restore brings back; what no backup has is named before consent', () => {
    inStore('mkdir /data/deep; echo kept > /data/deep/note');
    const { stderr } = succeeded(repoctl('infra', 'project', 'reset', 'notes', '--yes'));
    expect(stderr).toMatch(/No backup has, and so is lost for good:\n {2}claim scratch/);
    expect(inStore('ls /data')).not.toContain('deep');
    succeeded(repoctl('infra', 'project', 'restore', 'notes', '--latest', '--yes'));
    // It answers as soon as the restore has ended.
    expect(inStore('cat /data/deep/note')).toBe('kept');
  });

  test('says that it is stopped to whoever wants a shell in it', () => {
    succeeded(repoctl('infra', 'project', 'stop', 'notes'));
    const shell = ['infra', 'project', 'shell', 'notes', 'store', ...here, '--', '-c', 'true'];
    const { status, stderr } = attempt(process.execPath, [program, ...shell], { cwd: environment.root });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/notes-store.* stopped/);
  });
});
