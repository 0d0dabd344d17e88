import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const environmentYaml = `name: open
global:
  redis: false
  minio: false
  redisInsight: false
  services:
    catalog: { kind: postgres, storage: 1Gi }
    cache: { kind: redis, storage: 1Gi }
    assets: { kind: minio, storage: 1Gi }
    echo:
      kind: container
      image: ${images.busybox}
      command: [sh, -c, "echo shared > /tmp/index.html && exec httpd -f -p 8080 -h /tmp"]
      port: 8080
      stopSeconds: 1
projects: [apps/shelf]
`;

/** Each workload has the client of what it uses. */
const shelfYaml = `name: shelf
uses:
  catalog: {}
  cache: { database: 3 }
  assets: { buckets: [raw] }
  echo: {}
services:
  redis: { storage: 1Gi }
  minio: { storage: 1Gi, buckets: [pictures] }
workloads:
  sql: &worker
    kind: worker
    image: ${images.postgres}
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
    after: [catalog, echo]
  keys:
    <<: *worker
    image: ${images.redis}
    after: [cache, redis]
  objects:
    <<: *worker
    image: ${images.minioClient}
    after: [assets, minio]
    volumes: { notes: { mountPath: /notes, claim: 16Mi } }
  tally:
    <<: *worker
    kind: statefulset
    image: ${images.busybox}
    command: [sleep, "86400"]
    replicas: 2
    volumes: { counts: { mountPath: /counts, claim: 16Mi } }
`;

describe('services that projects share, and a Redis and a MinIO of a project’s own', () => {
  let small: SmallEnvironment;
  const sh = (what: string, script: string): string =>
    small.kubectl('exec', '-n', 'shelf', what, '--', 'sh', '-c', script);
  const sql = (statement: string) => sh('deploy/shelf-sql', `psql "$CATALOG_DATABASE_URL" -Atc "${statement}"`);
  const redis = (url: string, command: string) =>
    sh('deploy/shelf-keys', `redis-cli --no-auth-warning -u "$${url}" ${command}`);
  /** What `mc` says; `at` is the address and the bucket. */
  const mc = (prefix: string, command: string) =>
    sh(
      'deploy/shelf-objects',
      `export MC_CONFIG_DIR=/tmp/mc; mc --quiet alias set at "$${prefix}AWS_ENDPOINT_URL_S3" "$${prefix}AWS_ACCESS_KEY_ID" "$${prefix}AWS_SECRET_ACCESS_KEY" >/dev/null && ${command}`,
    );
  const written = () => ({
    catalog: sql('select x from marks'),
    cache: redis('CACHE_REDIS_URL', 'get shared'),
    own: redis('REDIS_URL', 'get own'),
    raw: mc('ASSETS_', 'mc cat "at/$ASSETS_S3_BUCKET_RAW/letter" 2>/dev/null || echo none'),
    pictures: mc('', 'mc cat "at/$S3_BUCKET_PICTURES/portrait" 2>/dev/null || echo none'),
    notes: sh('deploy/shelf-objects', 'cat /notes/first 2>/dev/null || echo none'),
    counts: ['shelf-tally-0', 'shelf-tally-1'].map((pod) => sh(pod, 'cat /counts/own 2>/dev/null || echo none')),
  });

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('open', cluster);
    small.write('repoctl.yaml', environmentYaml);
    small.write(
      '.env.example',
      'CATALOG_POSTGRES_PASSWORD=\nCACHE_REDIS_PASSWORD=\nASSETS_MINIO_ROOT_USER=\nASSETS_MINIO_ROOT_PASSWORD=\n',
    );
    small.write('apps/shelf/infra/project.yaml', shelfYaml);
    small.write(
      'apps/shelf/infra/.env.example',
      'ASSETS_MINIO_SECRET_KEY=\nREDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\nMINIO_SECRET_KEY=\n',
    );
    const needed = [images.busybox, images.minio, images.minioClient, images.postgres, images.redis];
    run('kind', ['load', 'docker-image', '--name', cluster, ...makeAvailable(needed)]);
    small.clear('shelf', 'open');
    const { status, stdout, stderr } = small.project('start', 'shelf');
    expect({ status, told: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, told: '' });
  });
  afterAll(() => {
    small?.clear('shelf', 'open');
    small?.remove();
  });

  test('are healthy, asked in their own protocols', () => {
    const status = small.repoctl('status', '--deep', '-o', 'wide');
    expect([status.status, status.stdout]).toEqual([0, expect.anything()]);
    for (const name of ['open-catalog', 'open-cache', 'open-assets', 'open-echo', 'shelf-redis', 'shelf-minio'])
      expect(status.stdout).toContain(name);
  });

  test('are written to and read from by the variables that workloads have', () => {
    sql('create table marks (x int); insert into marks values (7)');
    redis('CACHE_REDIS_URL', 'set shared cached');
    redis('REDIS_URL', 'set own queued');
    mc('ASSETS_', 'echo of-all | mc pipe "at/$ASSETS_S3_BUCKET_RAW/letter"');
    mc('', 'echo of-its-own | mc pipe "at/$S3_BUCKET_PICTURES/portrait"');
    sh('deploy/shelf-objects', 'echo noted > /notes/first');
    for (const pod of ['shelf-tally-0', 'shelf-tally-1']) sh(pod, 'hostname > /counts/own');
    expect(sh('deploy/shelf-sql', 'echo "$ECHO_URL"')).toMatch(/^http:\/\/open-echo\.open\.svc/);
    expect(sh('shelf-tally-0', 'wget -qO- "$ECHO_URL"')).toBe('shared');
    expect(written()).toEqual({
      catalog: '7',
      cache: 'cached',
      own: 'queued',
      raw: 'of-all',
      pictures: 'of-its-own',
      notes: 'noted',
      counts: ['shelf-tally-0', 'shelf-tally-1'],
    });
    expect(redis('CACHE_REDIS_URL', 'info keyspace')).toContain('db3:keys=1');
  });

  test('may not be written to with the account of another bucket', () => {
    expect(mc('ASSETS_', 'echo x | mc pipe at/other/x 2>&1 || echo refused')).toContain('refused');
  });

  test('are backed up as far as they are the project’s: buckets, and the claims of its workloads', () => {
    const backup = small.project('backup', 'shelf');
    expect(backup).toMatchObject({ status: 0 });
    const manifest = JSON.parse(small.read(join(backup.stdout.trim(), 'manifest.json'))) as {
      parts: { kind: string; service: string; ordinal?: number }[];
      skipped: { service: string }[];
    };
    expect(manifest.parts.map(({ kind, service, ordinal = '' }) => `${kind} ${service} ${ordinal}`.trim())).toEqual([
      'bucket assets',
      'bucket minio',
      'volume objects',
      'volume tally 0',
      'volume tally 1',
    ]);
    expect(manifest.skipped.map(({ service }) => service).sort()).toEqual(['cache', 'catalog', 'echo', 'redis']);
  });

  test('lose in a reset what is the project’s, and nothing that others share', () => {
    const reset = small.project('reset', 'shelf', '--yes');
    expect(reset).toMatchObject({ status: 0 });
    // A broker's queues are not kept.
    expect(reset.stderr).toContain('No backup has, and so is lost for good:\n  claim data-shelf-redis-0\ncatalog: not');
    expect(written()).toEqual({
      catalog: '7',
      cache: '',
      own: '',
      raw: 'none',
      pictures: 'none',
      notes: 'none',
      counts: ['none', 'none'],
    });
  });

  test('have it back from the backup that the reset took', () => {
    expect(small.project('restore', 'shelf', '--latest', '--yes')).toMatchObject({ status: 0 });
    expect(small.repoctl('status', '--wait', '--timeout', '180')).toMatchObject({ status: 0 });
    expect(written()).toMatchObject({
      catalog: '7',
      raw: 'of-all',
      pictures: 'of-its-own',
      notes: 'noted',
      counts: ['shelf-tally-0', 'shelf-tally-1'],
    });
  });
});
