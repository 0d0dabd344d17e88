import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, loadPublicImages, readPlan } from './environment.ts';
import { attempt, type Outcome } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';
import { TiltProcess } from './tilt-process.ts';

jest.setTimeout(600_000);

const hasTilt = attempt('sh', ['-c', 'command -v tilt']).status === 0;
if (!hasTilt) process.stderr.write('there is no tilt on PATH: the tests of its sessions are skipped\n');

const projectYaml = `name: ledger
images:
  app:
    sync:
      - { from: src, to: /app/src }
uses:
  redis: { database: 1 }
  minio: { buckets: [raw] }
services:
  postgres: { storage: 1Gi }
workloads:
  migrate:
    kind: job
    command: [sh, /app/src/migrate.sh]
    check: [sh, -c, 'psql "$DATABASE_URL" -c "select 1 from entries"']
    after: [postgres]
  keeper:
    kind: worker
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
    after: [migrate, redis, minio]
`;

const namespaces = ['ledger', 'till', 'tilt-session'];
const small = new SmallEnvironment('tilt-session', cluster);
const { kubectl, project, sql } = small;
const port = process.env.TILT_PORT ?? String(10_350 + Number(process.env.REPOCTL_PORT_OFFSET ?? 0));
const session = new TiltProcess(small.root, { KIND_CLUSTER_NAME: cluster, TILT_PORT: port });
const up = (...names: string[]) => session.up(240, '--context', small.context, ...names);

function succeeded(outcome: Outcome): Outcome {
  if (outcome.status !== 0)
    throw new Error(`exit code ${outcome.status}:\n${outcome.stdout}\n${outcome.stderr}\n${session.log.slice(-4000)}`);
  return outcome;
}

/** What has been written so far: a row, an object and a key each. */
let written = 0;

const inNamespace = (namespace: string, ...args: string[]) => kubectl('-n', namespace, ...args);
const store = (script: string) =>
  inNamespace(
    ...['tilt-session', 'exec', 'tilt-session-minio-0', '-c', 'minio', '--', 'sh', '-c'],
    `export MC_CONFIG_DIR=/tmp/mc MC_HOST_store="http://$MINIO_ROOT_USER:$MINIO_ROOT_PASSWORD@127.0.0.1:9000"; ${script}`,
  );
const redis = (...command: string[]) =>
  inNamespace('tilt-session', 'exec', 'tilt-session-redis-0', '-c', 'redis', '--', 'redis-cli', '--raw', ...command);

function writeMore(): void {
  written += 1;
  sql(`insert into entries values (${written})`);
  store(`echo card | mc pipe --quiet store/ledger-raw/card-${written}`);
  redis('rpush', 'cards', String(written));
}

interface Report {
  readonly tiers: readonly {
    readonly namespace: string;
    readonly services: readonly { readonly object: string; readonly status: string; readonly planned: boolean }[];
  }[];
}

/** The services and workloads that are planned and not healthy, once all are or a minute has gone by. */
function unhealthy(): string[] {
  const { stdout } = small.repoctl('status', '--wait', '--timeout', '90', '-o', 'json');
  const services = (JSON.parse(stdout) as Report).tiers.flatMap((tier) => tier.services);
  expect(services.map(({ object }) => object)).toEqual(
    expect.arrayContaining(['ledger-keeper', 'ledger-migrate', 'ledger-postgres', 'tilt-session-redis']),
  );
  return services
    .filter(({ status, planned }) => planned && status !== 'healthy')
    .map(({ object, status }) => `${object} ${status}`);
}

const numbers = () => Array.from({ length: written }, (_, index) => String(index + 1));

/** Every row, object and key that was ever written. */
function hasAllData(): void {
  expect(sql('select id from entries order by id').split('\n')).toEqual(numbers());
  const objects = store('mc ls store/ledger-raw').match(/card-\d+/g) ?? [];
  expect(objects.map((name) => name.replace('card-', '')).sort((a, b) => Number(a) - Number(b))).toEqual(numbers());
  expect(redis('lrange', 'cards', '0', '-1').split('\n')).toEqual(numbers());
}

function isWhole(): void {
  expect(unhealthy()).toEqual([]);
  hasAllData();
}

const manifests = join(small.root, 'dist', 'local');
const older = join(small.root, 'older');

/** As docs/tilt.md says it for those who go on with kubectl. */
function apply(folder: string, manager = 'kubectl'): void {
  kubectl('apply', '--server-side', '--force-conflicts', '--field-manager', manager, '-f', folder);
}

(hasTilt ? describe : describe.skip)('a Tilt session', () => {
  beforeAll(() => {
    ensureCluster();
    small.clear(...namespaces);
    small.write('repoctl.yaml', 'name: tilt-session\nglobal: { redisInsight: false }\n');
    small.write('.env.example', 'REDIS_PASSWORD=\nMINIO_ROOT_USER=admin\nMINIO_ROOT_PASSWORD=\n');
    small.write('apps/ledger/infra/project.yaml', projectYaml);
    small.write('apps/ledger/infra/.env.example', 'POSTGRES_PASSWORD=\nMINIO_SECRET_KEY=\n');
    small.write('apps/ledger/Dockerfile', `FROM ${images.postgres}\nCOPY --chown=999:999 src /app/src\nUSER 999\n`);
    small.write(
      'apps/ledger/src/migrate.sh',
      'psql "$DATABASE_URL" -c "create table if not exists entries (id int primary key)"\n',
    );
    const modules = join(import.meta.dirname, '..', '..', 'tilt', 'repoctl.star');
    small.write('Tiltfile', `load('${modules}', 'repoctl')\nrepoctl()\n`);
    succeeded(small.repoctl('synth'));
    loadPublicImages(small.root, readPlan(small.root));
    // What an older version was like: another name of the worker, other labels, another job.
    cpSync(manifests, older, { recursive: true });
    for (const file of readdirSync(older)) {
      const text = readFileSync(join(older, file), 'utf8');
      const changed = text
        .replaceAll('ledger-keeper', 'ledger-holder')
        .replaceAll('/app/src/migrate.sh', '/app/src/../src/migrate.sh')
        .replaceAll(/ledger-migrate-[0-9a-f]{8}/g, 'ledger-migrate-01234567');
      writeFileSync(join(older, file), changed);
    }
  });

  afterAll(async () => {
    await session.end('SIGKILL');
    small.clear(...namespaces);
    small.remove();
  });

  const ways: Readonly<Record<string, () => Promise<void> | void>> = {
    start: () => {
      succeeded(project('start', 'ledger'));
      // Nothing of an older version is left.
      const deployments = inNamespace('ledger', 'get', 'deployments', '-o', 'name');
      expect(deployments).toBe('deployment.apps/ledger-keeper');
    },
    'a Tilt session': async () => {
      await up();
      await session.end();
    },
    'a Tilt session that was killed': async () => {
      await up();
      await session.end('SIGKILL');
    },
    kubectl: () => apply(manifests),
    'an older version': () => {
      apply(older, 'repoctl-older');
      inNamespace('ledger', 'rollout', 'status', 'deployment/ledger-holder', '--timeout=120s');
    },
  };

  /** Each way after each, itself included. */
  const names = Object.keys(ways);
  const order = [
    ...names.flatMap((name, index) => [name, ...names.slice(index + 1).flatMap((other) => [name, other])]),
    names[0] as string,
  ];
  const steps = order.map((name, index) => ({ name, before: order[index - 1] ?? 'nothing' }));

  describe('goes on from every other way in, which go on from it', () => {
    test.each(steps)('$name after $before', async ({ name }) => {
      await ways[name]?.();
      if (name === 'an older version') hasAllData();
      else isWhole();
      writeMore();
    });
  });
});
