import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { redisCli } from '../../charts/constructs/redis.ts';
import { cluster, ensureCluster, loadPublicImages, readPlan } from './environment.ts';
import { attempt, eventually, type Outcome } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';
import { TiltProcess } from './tilt-process.ts';

jest.setTimeout(900_000);

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

const namespaces = ['ledger', 'till', 'tilt-session', 'alice-ledger', 'alice-till', 'alice-tilt-session'];
const small = new SmallEnvironment('tilt-session', cluster);
const { kubectl, project, sql } = small;
const port = process.env.TILT_PORT ?? String(10_350 + Number(process.env.REPOCTL_PORT_OFFSET ?? 0));
const session = new TiltProcess(small.root, { KIND_CLUSTER_NAME: cluster, TILT_PORT: port });
const up = (...names: string[]) => session.up(480, '--context', small.context, ...names);

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
    // Pods of the older version have both as variables.
    `user=\${MINIO_ROOT_USER-$(cat "$MINIO_ROOT_USER_FILE")} password=\${MINIO_ROOT_PASSWORD-$(cat "$MINIO_ROOT_PASSWORD_FILE")}
    export MC_CONFIG_DIR=/tmp/mc MC_HOST_store="http://$user:$password@127.0.0.1:9000"; ${script}`,
  );
const redis = (...command: string[]) =>
  inNamespace('tilt-session', 'exec', 'tilt-session-redis-0', '-c', 'redis', '--', ...redisCli('--raw', ...command));

/** Writes to each store, as a client that tries again while a server is replaced. */
async function writeMore(): Promise<void> {
  const next = String(written + 1);
  const accepted = (what: string, ask: () => unknown) => eventually(what, 60, ask);
  await accepted('a row', () => sql(`insert into entries values (${next}) on conflict do nothing`));
  await accepted('an object', () => store(`echo card | mc pipe --quiet store/ledger-raw/card-${next}`));
  await accepted('a key', () => redis('sadd', 'cards', next));
  written += 1;
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

/** What a program printed, line by line. */
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const byNumber = (one: string, other: string): number => Number(one) - Number(other);

const numbers = () => Array.from({ length: written }, (_, index) => String(index + 1));

/** Every row, object and key that was ever written. */
function hasAllData(): void {
  expect(lines(sql('select id from entries order by id'))).toEqual(numbers());
  const objects = store('mc ls store/ledger-raw').match(/card-\d+/g) ?? [];
  expect(objects.map((name) => name.replace('card-', '')).sort(byNumber)).toEqual(numbers());
  expect(lines(redis('smembers', 'cards')).sort(byNumber)).toEqual(numbers());
}

function isWhole(): void {
  expect(unhealthy()).toEqual([]);
  hasAllData();
}

const manifests = join(small.root, 'dist', 'local');
const older = join(small.root, 'older');

/** As docs/tilt.md says it for those who go on with kubectl: a job can't be changed, and Tilt has labelled them its way. */
function apply(folder: string, manager = 'kubectl'): void {
  kubectl('delete', 'jobs', '--all-namespaces', '--selector', 'app.kubernetes.io/part-of=tilt-session');
  kubectl('apply', '--server-side', '--force-conflicts', '--field-manager', manager, '-f', folder);
}

(hasTilt ? describe : describe.skip)('a Tilt session', () => {
  beforeAll(() => {
    ensureCluster();
    small.clear(...namespaces);
    small.write('repoctl.yaml', 'name: tilt-session\nglobal: { redisInsight: false }\n');
    small.write('.env.example', 'REDIS_PASSWORD=\nMINIO_ROOT_USER=admin\nMINIO_ROOT_PASSWORD=\n');
    small.write('kind-config.yaml', `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: ${cluster}\n`);
    small.write('apps/ledger/infra/project.yaml', projectYaml);
    small.write('apps/ledger/infra/.env.example', 'POSTGRES_PASSWORD=\nMINIO_SECRET_KEY=\n');
    small.write(
      'apps/ledger/Dockerfile',
      // The user that workloads run as, who has to be able to replace what is synced.
      `FROM ${images.postgres}\nUSER 0\nRUN mkdir -p /app/src && chown 1000:1000 /app/src\nCOPY --chown=1000:1000 src /app/src\nUSER 1000\n`,
    );
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
      for (const [namespace, workload] of [
        ['ledger', 'statefulset/ledger-postgres'],
        ['ledger', 'deployment/ledger-holder'],
        ['tilt-session', 'statefulset/tilt-session-minio'],
        ['tilt-session', 'statefulset/tilt-session-redis'],
      ] as const)
        inNamespace(namespace, 'rollout', 'status', workload, '--timeout=180s');
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
    test.each(steps)('$name after $before', async ({ name, before }) => {
      const began = performance.now();
      await ways[name]?.();
      if (name === 'an older version') hasAllData();
      else isWhole();
      await writeMore();
      process.stderr.write(`${name} after ${before}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    });
  });

  test('that is killed while it deploys leaves what a start completes', async () => {
    inNamespace('ledger', 'delete', 'deployments,jobs', '--all', '--wait');
    session.begin('--context', small.context);
    await session.eventually('Tilt deploys', 120, () => inNamespace('ledger', 'get', 'deployment', 'ledger-keeper'));
    await session.end('SIGKILL');
    ways.start?.();
    isWhole();
    await writeMore();
  });

  describe('while it runs', () => {
    beforeAll(() => up());
    afterAll(() => session.end());

    const tillYaml = `name: till
workloads:
  drawer: { kind: worker, image: ${images.postgres}, command: [sleep, infinity], health: { command: ['true'] }, stopSeconds: 1 }
`;
    /** The pods that run, and go on to. */
    const running = (namespace: string): string[] => {
      const { items } = JSON.parse(inNamespace(namespace, 'get', 'pods', '-o', 'json')) as {
        items: { metadata: { name: string; deletionTimestamp?: string }; status: { phase: string } }[];
      };
      return items
        .filter(({ metadata, status }) => status.phase === 'Running' && !metadata.deletionTimestamp)
        .map(({ metadata }) => metadata.name)
        .sort();
    };

    test('is joined by a second up', () => {
      const before = running('ledger');
      const { stderr, stdout } = succeeded(small.repoctl('up', 'ledger', '--no-registry'));
      expect(stderr).toContain(`a Tilt session runs already, which this joins: http://localhost:${port}/`);
      expect(stdout).toMatch(/^tilt-session-redis +redis +localhost:/m);
      expect(running('ledger')).toEqual(before);
      isWhole();
    });

    test('starts a project whose folder is new', () => {
      small.write('apps/till/infra/project.yaml', tillYaml);
      expect(succeeded(project('start', 'till')).stderr).toContain('till-drawer: healthy');
    });

    test('starts again what was deleted or scaled to nothing', () => {
      inNamespace('ledger', 'delete', 'deployment', 'ledger-keeper');
      inNamespace('ledger', 'delete', 'service', 'ledger-postgres');
      inNamespace('till', 'scale', 'deployment', 'till-drawer', '--replicas=0');
      succeeded(project('start', 'ledger', 'till'));
      expect(running('till')).toHaveLength(1);
      isWhole();
    });

    test('starts a project whose namespace was deleted', () => {
      kubectl('delete', 'namespace', 'till', '--wait');
      succeeded(project('start', 'till'));
      expect(running('till')).toHaveLength(1);
    });

    test('goes on with the others when one project is wrong, and shows the mistake', async () => {
      const path = 'apps/till/infra/project.yaml';
      small.write(path, tillYaml.replace('kind: worker', 'kind: wroker'));
      await session.eventually('the mistake is shown', 60, () =>
        expect(session.tilt('logs', '(Tiltfile)').stdout).toContain('did you mean "worker"'),
      );
      const before = running('till');
      // Live reload of another project, and every command on it.
      small.write('apps/ledger/src/note.txt', 'saved\n');
      await session.eventually('the file is in the container', 120, () =>
        expect(inNamespace('ledger', 'exec', 'deploy/ledger-keeper', '--', 'cat', '/app/src/note.txt')).toBe('saved'),
      );
      for (const verb of ['start', 'restart']) {
        const { stderr } = succeeded(project(verb, 'ledger'));
        expect(stderr).toContain('did you mean "worker"');
        expect(stderr).toContain('till keeps its last valid version; the others continue');
      }
      expect(project('start', 'till')).toMatchObject({ status: 2 });
      expect(running('till')).toEqual(before);
      small.write(path, tillYaml);
      await session.eventually('it is right again', 60, () =>
        expect(session.tilt('logs', '(Tiltfile)').stdout.trim()).toMatch(/Successfully loaded Tiltfile[^\n]*$/),
      );
      succeeded(project('start', 'till'));
    });

    test('takes a password that was changed in a .env', async () => {
      const path = 'apps/ledger/infra/.env';
      small.write(path, small.read(path).replace(/^POSTGRES_PASSWORD=.*$/m, 'POSTGRES_PASSWORD=by-hand-0123'));
      await session.eventually('the server has the new password', 120, () => {
        const login = `PGPASSWORD=by-hand-0123 psql -w -h "$HOSTNAME" -U ledger -d ledger -Atc 'select 1'`;
        const pod = ['ledger-postgres-0', '-c', 'postgres'];
        expect(inNamespace('ledger', 'exec', ...pod, '--', 'sh', '-c', login)).toBe('1');
      });
      await session.settled(120);
      const client = 'psql "$DATABASE_URL" -Atc "select count(*) from entries"';
      await session.eventually('those that use it have it', 120, () =>
        expect(inNamespace('ledger', 'exec', 'deploy/ledger-keeper', '-c', 'keeper', '--', 'sh', '-c', client)).toBe(
          String(written),
        ),
      );
      isWhole();
    });

    test('that is stopped (SIGSTOP) is told, with how it goes on, and nothing is changed meanwhile', () => {
      const before = running('ledger');
      session.signal('SIGSTOP');
      try {
        for (const verb of ['start', 'stop']) {
          const { status, stderr } = project(verb, 'ledger');
          expect([status, stderr]).toEqual([
            4,
            expect.stringMatching(/is stopped \(Ctrl-Z, SIGSTOP\)[\s\S]*kill -CONT \d+/),
          ]);
        }
        expect(running('ledger')).toEqual(before);
      } finally {
        session.signal('SIGCONT');
      }
      succeeded(project('start', 'ledger'));
      isWhole();
    });

    test('of another profile runs beside it, with namespaces, ports and data of its own', async () => {
      const other = { ...session.env, REPOCTL_PROFILE: 'alice', TILT_PORT: String(Number(port) + 5) };
      const alice = (...args: string[]) =>
        attempt(process.execPath, [join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs'), ...args], {
          cwd: small.root,
          env: other,
        });
      small.write(
        'repoctl.yaml',
        `${small.read('repoctl.yaml')}profiles:\n  alice: { extends: local, namespacePrefix: alice-, portOffset: 500 }\n`,
      );
      const before = running('ledger');
      const second = new TiltProcess(small.root, other);
      try {
        await second.up(480, '--context', small.context, 'ledger');
        // Each command finds the session of its own profile.
        expect(succeeded(alice('infra', 'project', 'start', 'ledger')).stderr).toContain(
          'Tilt starts alice-tilt-session',
        );
        const shell = ['infra', 'project', 'shell', 'ledger', 'postgres', '--', '-Atc', 'select count(*) from entries'];
        expect(succeeded(alice(...shell)).stdout.trim()).toBe('0');
        expect(succeeded(alice('infra', 'project', 'logs', 'ledger', 'postgres')).stdout).toMatch(/^postgres-0 /m);
        succeeded(alice('infra', 'project', 'stop', 'ledger'));
        expect(running('alice-ledger')).toEqual([]);
        expect(running('ledger')).toEqual(before);
      } finally {
        await second.end();
      }
      succeeded(alice('infra', 'project', 'start', 'ledger'));
      expect(running('alice-ledger')).not.toEqual([]);
      expect(running('ledger')).toEqual(before);
      isWhole();
    });
  });
});
