import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { redisCli } from '../../charts/constructs/redis.ts';
import { context, kubectl, repoctl, setUp, tearDown } from './environment.ts';
import { card, Ingest, type RaceCard } from './ingest.ts';
import { eventually, kubectlProxy, run, start } from './run.ts';

jest.setTimeout(600_000);

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

interface ObjectIdentity {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly generation?: number;
  };
}

const environment = setUp();
let ingest: Ingest;
let proxy: { url: string; stop(): void };

beforeAll(async () => {
  proxy = await kubectlProxy(context);
  ingest = new Ingest(`${proxy.url}/api/v1/namespaces/turfoo/services/turfoo-api:8000/proxy`);
});

afterAll(() => {
  proxy?.stop();
  tearDown(environment);
});

const manifests = () => join(environment.root, 'dist', 'local');
const apply = () => run('kubectl', ['--context', context, 'apply', '--server-side', '-f', manifests()]);

const pods = (...selector: string[]): Pod[] =>
  (
    JSON.parse(
      kubectl('get', 'pods', '-A', '-l', ['repoctl.dev/tier', ...selector].join(','), '-o', 'json').stdout,
    ) as { items: Pod[] }
  ).items;

const unready = (): string[] =>
  pods()
    .filter(({ status }) => status.phase !== 'Succeeded')
    .filter(({ status }) => !status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
    .map(({ metadata }) => metadata.name);

const allReady = (seconds: number) =>
  eventually('every pod Ready', seconds, () => {
    const waiting = unready();
    if (pods().length < environment.plan.namespaces.length || waiting.length > 0) throw new Error(waiting.join(', '));
  });

/** What a namespace's objects are, status aside: the generation changes with the specification only. */
const generations = (): string[] => {
  const kinds = 'namespaces,services,configmaps,statefulsets,deployments,jobs,cronjobs';
  const { items } = JSON.parse(
    kubectl('get', kinds, '-A', '-l', 'app.kubernetes.io/managed-by=repoctl', '-o', 'json').stdout,
  ) as { items: ObjectIdentity[] };
  return items
    .map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.generation ?? metadata.resourceVersion}`)
    .sort();
};

/** Kills pods as a node that dies does: without asking. */
const kill = (...labels: string[]) =>
  kubectl(
    'delete',
    'pod',
    '-A',
    '-l',
    ['repoctl.dev/tier', ...labels].join(','),
    '--grace-period=0',
    '--force',
    '--wait=false',
  );

describe('an environment on a new cluster', () => {
  test('takes its Secrets from .env files that are made on first use', () => {
    const { stderr } = repoctl(environment.root, 'secrets', 'apply', '--context', context);
    expect(stderr).toContain('made backends/svc-turfoo-ingest/infra/.env from its .env.example');
    expect(kubectl('get', 'secret', 'turfoo-postgres', '-n', 'turfoo', '-o', 'name').stdout).toBe(
      'secret/turfoo-postgres\n',
    );
  });

  test('is applied without a warning, of Pod Security or any other', () => {
    expect(apply().stderr).toBe('');
  });

  test('has every pod Ready within three minutes', async () => {
    await allReady(180);
  });

  test('is applied again without a change', () => {
    const before = generations();
    const { stderr } = apply();
    expect(stderr).toBe('');
    expect(generations()).toEqual(before);
    expect(before.length).toBeGreaterThan(15);
  });

  test('is accepted by the API server with the manifests for production, too', () => {
    repoctl(environment.root, 'synth', '--profile', 'production');
    const production = join(environment.root, 'dist', 'production');
    // What is there is development's, in which StatefulSets name another Service; that can't be changed.
    for (const name of readdirSync(production).filter((name) => name.endsWith('.k8s.yaml'))) {
      const path = join(production, name);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^( {2}serviceName: .*)-peers$/gm, '$1'));
    }
    const { stderr } = run('kubectl', [
      '--context',
      context,
      'apply',
      '--dry-run=server',
      '--server-side',
      '--force-conflicts',
      '-f',
      production,
    ]);
    expect(stderr).toBe('');
  });
});

describe('the project that ingests race cards', () => {
  const posted = card('2026-11-21', 3);

  test('writes an accepted card to Postgres', async () => {
    await ingest.post(posted);
    const race = await ingest.read<{ id: string; runners: { horse: string }[] }>(`/races/${posted.id}`);
    expect(race.runners.map(({ horse }) => horse)).toEqual(posted.runners.map(({ horse }) => horse));
  });

  test('keeps the card as it came in MinIO', async () => {
    expect(await ingest.read(`/races/${posted.id}/raw`)).toEqual(posted);
  });

  // Where no ImmuDB image can be had, the test configuration leaves ImmuDB out.
  (environment.hasImmudb ? test : test.skip)('leaves an audit entry in ImmuDB', async () => {
    const audit = await ingest.read(`/races/${posted.id}/audit`);
    expect(JSON.stringify(audit)).toContain(posted.id);
  });

  test('can read and write its own buckets only', () => {
    const script = `
import boto3, os
s3 = boto3.client("s3")
print(s3.list_objects_v2(Bucket=os.environ["S3_BUCKET_RAW_CARDS"])["ResponseMetadata"]["HTTPStatusCode"])
try:
    s3.create_bucket(Bucket="somebody-elses")
except s3.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])
`;
    const { stdout } = kubectl('exec', '-n', 'turfoo', 'deploy/turfoo-api', '-c', 'api', '--', 'python', '-c', script);
    expect(stdout.trim().split('\n')).toEqual(['200', 'AccessDenied']);
  });
});

/** The number of tasks that a worker has taken and not finished. */
const unacknowledged = (): number => {
  const command = redisCli('--no-auth-warning', '-n', '1', 'hlen', 'turfoo:unacked');
  return Number(kubectl('exec', '-n', 'monorepo', 'monorepo-redis-0', '--', ...command).stdout);
};

describe('when things break', () => {
  const batch = (day: string, count: number): RaceCard[] =>
    Array.from({ length: count }, (_, index) => card(day, index + 1));

  const allIngested = (cards: readonly RaceCard[]) =>
    eventually(`${cards.length} accepted cards ingested`, 240, async () => {
      const missing = await ingest.missing(cards);
      if (missing.length > 0) throw new Error(`missing ${missing.join(', ')}`);
    });

  test('no accepted card is lost when the worker is killed in mid-task', async () => {
    const cards = batch('2026-08-01', 20);
    const sql = 'begin; lock table race in access exclusive mode; select pg_sleep(25); commit';
    const psql = ['exec', '-n', 'turfoo', 'turfoo-postgres-0', '--', 'psql', '-U', 'turfoo', '-d', 'turfoo', '-qAtc'];
    const locked = start('kubectl', ['--context', context, ...psql, sql]);
    const lock = `select mode from pg_locks where granted and relation = 'race'::regclass`;
    await eventually('the table is locked', 10, () =>
      expect(kubectl(...psql, lock).stdout).toContain('AccessExclusiveLock'),
    );
    await Promise.all(cards.map((each) => ingest.post(each)));
    await eventually('a task that a worker is in', 10, () => expect(unacknowledged()).toBeGreaterThan(0));
    kill('app.kubernetes.io/name=celery-worker');
    expect(unacknowledged()).toBeGreaterThan(0);
    expect(await locked).toBe(0);
    await allIngested(cards);
    await allReady(180);
  });

  test.each([
    ['Redis is killed', 'redis', '2026-10-02'],
    ['Postgres is killed', 'postgres', '2026-10-03'],
  ])('no accepted card is lost when %s', async (_, name, day) => {
    const cards = batch(day, 40);
    await Promise.all(cards.slice(0, 20).map((each) => ingest.post(each)));
    kill(`app.kubernetes.io/name=${name}`);
    await Promise.all(cards.slice(20).map((each) => ingest.post(each, 180)));
    await allIngested(cards);
    await allReady(180);
  });

  test('pods that are deleted at random come back, and with them the service', async () => {
    const names = pods().filter(({ status }) => status.phase === 'Running');
    const victims = names.filter((_, index) => index % 2 === Math.floor(Math.random() * 2));
    for (const { metadata } of victims)
      kubectl('delete', 'pod', metadata.name, '-n', metadata.namespace, '--wait=false');
    await eventually('the pods gone', 120, () => {
      const left = new Set(pods().map(({ metadata }) => metadata.name));
      const deployed = victims.filter(({ metadata }) => !/-\d+$/.test(metadata.name) && left.has(metadata.name));
      if (deployed.length > 0) throw new Error(deployed.map(({ metadata }) => metadata.name).join(', '));
    });
    await allReady(240);
    const after = card('2026-09-01', 1);
    await ingest.post(after);
    await allIngested([after]);
  });
});
