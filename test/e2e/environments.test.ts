import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import {
  cluster,
  context,
  ensureCluster,
  kubectl,
  leaveOutImmudb,
  loadPublicImages,
  readPlan,
  repoctl,
} from './environment.ts';
import { apply, loadProductionImages, supplySecrets, useLoadedImages } from './production.ts';
import { attempt, eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(480_000);

const repository = join(import.meta.dirname, '..', '..');
const project = 'backends/svc-turfoo-ingest';

/** The pods of a namespace but for those of jobs that are done, with how often their containers were started again. */
function pods(namespace: string): Record<string, number> {
  const { items } = JSON.parse(kubectl('get', 'pods', '-n', namespace, '-o', 'json').stdout) as {
    items: {
      metadata: { uid: string };
      status: { phase: string; containerStatuses?: { restartCount: number }[] };
    }[];
  };
  const running = items.filter(({ status }) => status.phase !== 'Succeeded');
  return Object.fromEntries(
    running.map(({ metadata, status }) => [
      metadata.uid,
      (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    ]),
  );
}

const tierStates = (report: string): string[] =>
  (JSON.parse(report) as { tiers: { status: string }[] }).tiers.map(({ status }) => status);

const field = (what: string, namespace: string, path: string): string =>
  kubectl('get', what, '-n', namespace, '-o', `jsonpath=${path}`).stdout;

describe('staging and production of this repository, side by side', () => {
  let root: string;
  const profiles = ['production', 'staging'];
  const status = (profile: string, ...more: string[]) => {
    const args = [
      join(repository, 'bin', 'repoctl.mjs'),
      'status',
      '--profile',
      profile,
      '--context',
      context,
      ...more,
    ];
    return attempt(process.execPath, args, { cwd: root });
  };

  beforeAll(() => {
    ensureCluster();
    kubectl('delete', 'namespace', '--selector', 'app.kubernetes.io/managed-by=repoctl', '--wait');
    root = mkdtempSync(join(tmpdir(), 'repoctl-environments-'));
    for (const path of ['repoctl.yaml', '.env.example', project]) {
      const filter = (source: string) => !/\.venv|__pycache__|\.env$/.test(source);
      cpSync(join(repository, path), join(root, path), { recursive: true, filter });
    }
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    leaveOutImmudb(join(root, project, 'infra'));
    useLoadedImages(root);
    const edit = (path: string, at: readonly string[], value: unknown) => {
      const document = parseDocument(readFileSync(join(root, path), 'utf8'));
      document.setIn(at, document.createNode(value));
      writeFileSync(join(root, path), String(document));
    };
    edit('repoctl.yaml', ['profiles', 'staging'], { extends: 'production', namespacePrefix: 'staging-' });
    const replicas = (api: number) => ({ workloads: { api: { replicas: api } } });
    edit(`${project}/infra/project.yaml`, ['profiles'], { production: replicas(2), staging: replicas(1) });
    for (const profile of profiles) repoctl(root, 'synth', '--profile', profile);
    loadProductionImages(root);
    for (const profile of profiles) {
      const made = readPlan(root, profile);
      supplySecrets(made);
      for (const { manifest } of made.namespaces) apply(readFileSync(join(root, 'dist', profile, manifest), 'utf8'));
    }
  });

  afterAll(() => {
    kubectl('delete', 'namespace', '--selector', 'app.kubernetes.io/managed-by=repoctl', '--wait=false');
    rmSync(root, { recursive: true, force: true });
  });

  test('both are healthy, with replicas of their own', () => {
    for (const profile of profiles) {
      const { status: code, stdout, stderr } = status(profile, '--wait', '--timeout', '360');
      expect([profile, code, code === 0 ? '' : stdout + stderr]).toEqual([profile, 0, '']);
    }
    const ready = (namespace: string) => field('deployment/turfoo-api', namespace, '{.status.readyReplicas}');
    expect([ready('turfoo'), ready('staging-turfoo')]).toEqual(['2', '1']);
  });

  test('each uses the services of its own', () => {
    const url = (namespace: string) =>
      kubectl('exec', '-n', namespace, 'deployment/turfoo-api', '--', 'sh', '-c', 'echo $DATABASE_URL $REDIS_URL')
        .stdout;
    const hosts = (namespace: string) => [...url(namespace).matchAll(/@([\w.-]+)/g)].map(([, host]) => host);
    expect(hosts('turfoo')).toEqual(['turfoo-postgres.turfoo.svc', 'monorepo-redis.monorepo.svc']);
    expect(hosts('staging-turfoo')).toEqual([
      'turfoo-postgres.staging-turfoo.svc',
      'monorepo-redis.staging-monorepo.svc',
    ]);
  });

  test('one is stopped, and the other goes on untouched', async () => {
    const before = ['monorepo', 'turfoo'].map(pods);
    for (const namespace of ['staging-turfoo', 'staging-monorepo'])
      kubectl('scale', 'deployment,statefulset', '--all', '--replicas=0', '-n', namespace);
    await eventually('staging is stopped', 180, () => expect(pods('staging-turfoo')).toEqual({}));
    expect(tierStates(status('staging', '-o', 'json').stdout)).toEqual(['stopped', 'stopped']);
    const { status: code, stdout } = status('production');
    expect([code, code === 0 ? '' : stdout]).toEqual([0, '']);
    expect(['monorepo', 'turfoo'].map(pods)).toEqual(before);
  });

  test('a kustomize overlay over dist changes what it names, and the cluster would take all of it', () => {
    const shown = readFileSync(join(repository, 'docs', 'patches.md'), 'utf8');
    const [, overlay] = /```yaml\n# overlays\/eu\/kustomization\.yaml\n([\s\S]*?)```/.exec(shown) ?? [];
    mkdirSync(join(root, 'overlays', 'eu'), { recursive: true });
    writeFileSync(join(root, 'overlays', 'eu', 'kustomization.yaml'), overlay ?? '');
    const args = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone', 'overlays/eu'];
    const made = run('kubectl', args, { cwd: root }).stdout;
    const taken = run(
      'kubectl',
      ['--context', context, 'apply', '--server-side', '--dry-run=server', '-o', 'json', '-f', '-'],
      {
        input: made,
      },
    ).stdout;
    const { items } = JSON.parse(taken) as {
      items: { kind: string; metadata: { name: string }; spec: { template?: { spec: { nodeSelector?: unknown } } } }[];
    };
    const placed = items
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => {
        return [metadata.name, spec.template?.spec.nodeSelector];
      });
    expect(Object.fromEntries(placed)).toEqual({
      'turfoo-api': { 'topology.kubernetes.io/region': 'eu' },
      'turfoo-celery-worker': undefined,
      'turfoo-celery-beat': undefined,
    });
    expect(items.length).toBe(
      readPlan(root, 'production').namespaces.find(({ name }) => name === 'turfoo')?.objects.length,
    );
  });
});

describe('two instances of one developer environment', () => {
  let small: SmallEnvironment;
  const of = { local: 'ledger', alice: 'alice-ledger' } as const;
  const sql = (profile: keyof typeof of, query: string) =>
    small.kubectl(...['exec', '-n', of[profile], 'ledger-postgres-0', '--', 'psql', '-U', 'ledger', '-Atc', query]);

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('twins', cluster);
    const alice = '{ extends: local, namespacePrefix: alice-, portOffset: 1000 }';
    small.write('repoctl.yaml', `${small.read('repoctl.yaml')}profiles:\n  alice: ${alice}\n`);
    repoctl(small.root, 'synth');
    loadPublicImages(small.root, readPlan(small.root));
  });

  afterAll(() => {
    kubectl(
      'delete',
      'namespace',
      'twins',
      'ledger',
      'alice-twins',
      'alice-ledger',
      '--ignore-not-found',
      '--wait=false',
    );
    rmSync(small.root, { recursive: true, force: true });
  });

  test('start beside each other, with data of their own', () => {
    for (const profile of ['local', 'alice'] as const) {
      const started = small.project('start', 'ledger', '--profile', profile);
      expect([profile, started.status, started.status === 0 ? '' : started.stderr]).toEqual([profile, 0, '']);
      sql(profile, `insert into entries values (${profile.length})`);
    }
    expect([sql('local', 'select id from entries'), sql('alice', 'select id from entries')]).toEqual(['5', '5']);
    sql('alice', 'insert into entries values (99)');
    expect(sql('local', 'select count(*) from entries')).toBe('1');
  });

  test('one is stopped by its profile, and the other stays', async () => {
    const before = pods('ledger');
    const stopped = small.project('stop', 'ledger', '--profile', 'alice');
    expect([stopped.status, stopped.status === 0 ? '' : stopped.stderr]).toEqual([0, '']);
    // Those that end may take their time.
    await eventually('its pods are gone', 60, () => expect(Object.keys(pods('alice-ledger'))).toEqual([]));
    expect(pods('ledger')).toEqual(before);
    expect(small.repoctl('status', 'ledger').status).toBe(0);
    const told = small.repoctl('status', 'ledger', '--profile', 'alice', '-o', 'json').stdout;
    expect(tierStates(told).at(-1)).toBe('stopped');
  });
});
