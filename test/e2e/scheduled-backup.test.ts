import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import {
  cluster,
  context,
  ensureCluster,
  kubectl,
  makeAvailable,
  repoctl as mustSucceed,
  readPlan,
} from './environment.ts';
import { apply, supplySecrets } from './production.ts';
import { eventually, type Outcome, run } from './run.ts';
import { ledgerYaml, SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

/** The images of PostgreSQL contain gpg; those that stand in for them may not. */
const server = 'registry.example.com/saved/postgres:16.11';
const enforce = process.env.REPOCTL_E2E_NETWORK_POLICIES;
const real = ['--profile', 'production', '--context', context];
const rows = 20_000;

/** The S3 API in a namespace that is not the environment's. */
const store = (key: string, secret: string) => {
  const labels = { app: 'minio' };
  const at = { name: 'minio', namespace: 'store' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'store' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...at, labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'minio',
            image: images.minio,
            args: ['server', '/data', '--address', ':9000'],
            env: [
              { name: 'MINIO_ROOT_USER', value: key },
              { name: 'MINIO_ROOT_PASSWORD', value: secret },
              { name: 'MC_HOST_own', value: `http://${key}:${secret}@127.0.0.1:9000` },
              { name: 'MC_CONFIG_DIR', value: '/tmp/mc' },
            ],
            readinessProbe: { httpGet: { path: '/minio/health/ready', port: 9000 } },
          },
        ],
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: at, spec: { selector: labels, ports: [{ port: 9000 }] } },
  ]
    .map((each) => JSON.stringify(each))
    .join('\n---\n');
};

describe('scheduled backups of PostgreSQL, on a cluster', () => {
  const small = new SmallEnvironment('saved', cluster);
  const { kubectl: ask } = small;
  const repoctl = (...args: string[]): Outcome => small.repoctl(...args, ...real);
  const ended = ({ status, stdout, stderr }: Outcome, expected = 0) => [
    status,
    status === expected ? '' : stdout + stderr,
  ];
  const seconds: Record<string, number> = {};
  const timed = <Result>(what: string, work: () => Result): Result => {
    const start = performance.now();
    const result = work();
    seconds[what] = Math.round((performance.now() - start) / 100) / 10;
    return result;
  };
  const mc = (...args: string[]) => ask('exec', '-n', 'store', 'minio', '--', 'mc', ...args);
  const backups = () =>
    mc('ls', '--recursive', 'own/backups/ledger/postgres/')
      .split('\n')
      .flatMap((line) => /(\S+Z)\/manifest\.json$/.exec(line)?.[1] ?? []);
  const state = (job: string) =>
    ask('get', `job/${job}`, '-n', 'ledger', '-o', 'jsonpath={.status.conditions[?(@.status=="True")].type}');
  const log = (job: string) => ask('logs', `job/${job}`, '-n', 'ledger', '-c', 'backup');
  /** Runs the job of a cron job now. @returns its log */
  const ran = async (cronJob: string, expected = 'Complete'): Promise<string> => {
    const job = `${cronJob}-${Date.now().toString(36)}`;
    ask('create', 'job', '-n', 'ledger', `--from=cronjob/${cronJob}`, job);
    await eventually(`${job} ${expected}`, 240, () => expect(state(job)).toContain(expected));
    return log(job);
  };
  const tables = () =>
    small.sql(
      "select (select count(*) from entries) || ' ' || (select sum(id) from entries) || ' ' || (select count(*) from notes)",
    );

  beforeAll(async () => {
    ensureCluster();
    small.clear('saved', 'ledger', 'store');
    if (enforce) run(enforce, [cluster]);
    makeAvailable([images.postgres, images.minio, images.minioClient]);
    const dockerfile = [
      `FROM ${images.postgres}`,
      'USER root',
      'RUN command -v gpg || (apt-get update -qq && apt-get install -y -qq --no-install-recommends gnupg >/dev/null)',
      'USER postgres',
    ].join('\n');
    run('docker', ['build', '--quiet', '--tag', server, '-'], { input: dockerfile });
    run('kind', ['load', 'docker-image', '--name', cluster, server, images.postgres, images.minio, images.minioClient]);
    small.write(
      'repoctl.yaml',
      `${small.read('repoctl.yaml')}profiles:
  production:
    images: { registry: registry.example.com/saved, tag: 1.0.0 }
    backup:
      schedule: '*/2 * * * *'
      endpoint: http://minio.store.svc:9000
      bucket: backups
      encryption: gpg
      retention: { days: 1, atLeast: 2 }
      pods: { namespace: store, labels: { app: minio } }
`,
    );
    small.write(
      'apps/ledger/infra/project.yaml',
      ledgerYaml.replace('postgres: { storage: 1Gi }', `postgres: { storage: 1Gi, image: "${server}" }`),
    );
    mustSucceed(small.root, 'synth', '--profile', 'production');
    supplySecrets(readPlan(small.root, 'production'));
    apply(store('production-AWS_ACCESS_KEY_ID-0123456789', 'production-AWS_SECRET_ACCESS_KEY-0123456789'));
    ask('wait', '-n', 'store', 'pod/minio', '--for=condition=Ready', '--timeout=120s');
    mc('mb', 'own/backups');
    expect(ended(repoctl('deploy', '--yes', '--timeout', '240'))).toEqual([0, '']);
    small.sql(`insert into entries select generate_series(1, ${rows})`);
    small.sql('create table notes as select i as id, md5(i::text) as note from generate_series(1, 500) i');
  });

  afterAll(() => {
    // Of use for the table of times in docs/backups.md.
    process.stderr.write(`seconds: ${JSON.stringify(seconds)}\n`);
    kubectl('delete', 'namespace', 'saved', 'ledger', 'store', '--ignore-not-found', '--wait=false');
    small.remove();
  });

  test('are made on their schedule, under restricted Pod Security', async () => {
    await eventually('a backup by the schedule', 300, () => expect(backups().length).toBeGreaterThan(0));
    expect(
      ask('get', 'namespace/ledger', '-o', 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}'),
    ).toBe('restricted');
  });

  test('hold the rows of a moment, encrypted, and pass their check', async () => {
    expect(await ran('ledger-postgres-backup')).toContain(`2 tables, ${rows + 500} rows`);
    const newest = backups().at(-1) ?? '';
    const dump = mc('cat', `own/backups/ledger/postgres/${newest}/postgres/postgres/ledger.dump.gpg`);
    expect(dump).not.toContain('PGDMP');
    expect(await ran('ledger-postgres-backup-check')).toContain('restored into a scratch database, and checked');
    expect(mc('ls', '--recursive', 'own/backups/ledger/postgres/')).toContain('checked.json');
    // The scratch database goes with its pod.
    ask('delete', 'jobs', '-n', 'ledger', '--selector', 'app.kubernetes.io/component=backup-check');
    await eventually('no scratch claim', 60, () =>
      expect(ask('get', 'pvc', '-n', 'ledger', '-o', 'name')).not.toContain('scratch'),
    );
    expect(ended(repoctl('status', 'ledger'))).toEqual([0, '']);
  });

  test('bring back rows that were deleted, with the workloads stopped meanwhile', async () => {
    await ran('ledger-postgres-backup');
    const before = tables();
    small.sql('delete from entries; drop table notes');
    const restored = timed('restore of deleted rows', () => repoctl('restore', 'ledger', '--yes', '--timeout', '240'));
    expect(ended(restored)).toEqual([0, '']);
    expect(restored.stderr).toContain(`database ledger: 2 tables, ${rows + 500} rows`);
    expect(tables()).toBe(before);
    expect(ended(repoctl('status', 'ledger'))).toEqual([0, '']);
  });

  test('are refused at a time of which there is none; nothing is changed', () => {
    const before = tables();
    const refused = repoctl('restore', 'ledger/postgres', '--at', '2020-01-01T00-00-00Z', '--yes');
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('there is no complete backup of 2020'),
    ]);
    expect(tables()).toBe(before);
    expect(ended(repoctl('status', 'ledger', '--wait', '--timeout', '120'))).toEqual([0, '']);
  });

  test('bring back all rows onto a larger claim: diff warns, and the claim is another one', async () => {
    await ran('ledger-postgres-backup');
    const before = tables();
    small.edit('storage: 1Gi', 'storage: 2Gi');
    const diff = repoctl('diff');
    expect(diff.stdout + diff.stderr).toContain('the claim data-ledger-postgres-0 has 1Gi, the configuration says 2Gi');
    expect(repoctl('deploy', '--yes').status).toBe(3);
    timed('claim lost, to healthy', () => {
      ask('delete', 'statefulset/ledger-postgres', '-n', 'ledger', '--wait');
      ask('delete', 'pvc/data-ledger-postgres-0', '-n', 'ledger', '--wait');
      ask('delete', 'jobs', '-n', 'ledger', '--selector', 'app.kubernetes.io/component=job');
      expect(ended(repoctl('deploy', '--yes', '--timeout', '240'))).toEqual([0, '']);
      expect(ended(repoctl('restore', 'ledger', '--yes', '--timeout', '240'))).toEqual([0, '']);
    });
    expect(tables()).toBe(before);
    expect(
      ask('get', 'pvc/data-ledger-postgres-0', '-n', 'ledger', '-o', 'jsonpath={.spec.resources.requests.storage}'),
    ).toBe('2Gi');
    expect(ended(repoctl('status', 'ledger'))).toEqual([0, '']);
  });

  test('say why they failed, in status', async () => {
    ask('delete', 'pod/minio', '-n', 'store', '--wait');
    await ran('ledger-postgres-backup', 'Failed').catch(() => undefined);
    await eventually('the failure in the report', 300, () =>
      expect(repoctl('status', 'ledger').stdout).toMatch(/Backup(Failed|Old)/),
    );
    expect(repoctl('status', 'ledger').stdout).toContain('does not answer');
  });
});
