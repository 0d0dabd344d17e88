import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { cluster, ensureCluster, makeAvailable } from './environment.ts';
import { eventually, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(600_000);

const tenantYaml = (name: string, database: number, more = '') => `name: ${name}
uses:
  redis: { database: ${database}${more} }
  minio: { buckets: [own] }
workloads:
  keys: &worker
    kind: worker
    image: ${images.redis}
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
    after: [redis]
  objects:
    <<: *worker
    image: ${images.minioClient}
    after: [minio]
`;

/** A database whose workloads and jobs have roles of their own. */
const roles = `services:
  postgres: { storage: 1Gi, separateRoles: true }
`;
const rolesWorkloads = `  migrate:
    kind: job
    image: ${images.postgres}
    command: [sh, -c, 'psql "$DATABASE_URL" -c "create table if not exists entries (id serial primary key, x int)"']
    check: [sh, -c, 'psql "$DATABASE_URL" -c "select 1 from entries"']
    after: [postgres]
  sql:
    <<: *worker
    image: ${images.postgres}
    after: [migrate]
`;

describe('projects that share a Redis and a MinIO', () => {
  let small: SmallEnvironment;
  const sh = (tenant: string, workload: string, script: string): string =>
    small.kubectl('exec', '-n', tenant, `deploy/${tenant}-${workload}`, '-c', workload, '--', 'sh', '-c', script);
  /** What Redis answers to a tenant's user. */
  const redis = (tenant: string, command: string): string =>
    sh(tenant, 'keys', `redis-cli --no-auth-warning -u "$REDIS_URL" ${command} 2>&1 || true`);
  const mc = (tenant: string, command: string): string =>
    sh(
      tenant,
      'objects',
      `export MC_CONFIG_DIR=/tmp/mc; mc --quiet alias set at "$AWS_ENDPOINT_URL_S3" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >/dev/null && { ${command} ; } 2>&1 || echo refused`,
    );
  const healthy = () =>
    eventually('all is healthy', 120, () => {
      const { status, stdout } = small.repoctl('status', '--deep', '-o', 'wide');
      if (status !== 0) throw new Error(stdout);
    });

  beforeAll(() => {
    ensureCluster();
    small = new SmallEnvironment('house', cluster);
    small.clear('first', 'second', 'legacy', 'house');
    small.write('repoctl.yaml', 'name: house\nglobal: { redis: { tenancy: true }, redisInsight: false }\n');
    small.write('.env.example', 'REDIS_PASSWORD=\nMINIO_ROOT_USER=\nMINIO_ROOT_PASSWORD=\n');
    for (const [index, name] of ['first', 'second'].entries()) {
      small.write(`apps/${name}/infra/project.yaml`, tenantYaml(name, index));
      small.write(`apps/${name}/infra/.env.example`, 'REDIS_PASSWORD=\nMINIO_SECRET_KEY=\n');
    }
    const first = tenantYaml('first', 0).replace('workloads:', `${roles}workloads:`);
    small.write('apps/first/infra/project.yaml', first + rolesWorkloads);
    small.write(
      'apps/first/infra/.env.example',
      'REDIS_PASSWORD=\nMINIO_SECRET_KEY=\nPOSTGRES_PASSWORD=\nPOSTGRES_APPLICATION_PASSWORD=\nPOSTGRES_MIGRATION_PASSWORD=\n',
    );
    small.write('apps/legacy/infra/project.yaml', tenantYaml('legacy', 2, ', tenancy: false'));
    small.write('apps/legacy/infra/.env.example', 'MINIO_SECRET_KEY=\n');
    run('rm', ['-r', `${small.root}/apps/ledger`]);
    const needed = [images.busybox, images.minio, images.minioClient, images.postgres, images.redis];
    run('kind', ['load', 'docker-image', '--name', cluster, ...makeAvailable(needed)]);
    expect(small.repoctl('infra', 'project', 'start', 'first')).toMatchObject({ status: 0 });
    // The server runs already: their users are made in it.
    expect(small.repoctl('infra', 'project', 'start', 'second')).toMatchObject({ status: 0 });
    expect(small.repoctl('infra', 'project', 'start', 'legacy')).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    small?.clear('first', 'second', 'legacy', 'house');
    small?.remove();
  });

  test('reach their own keys, channels and buckets by the variables that they have', () => {
    for (const tenant of ['first', 'second']) {
      expect(sh(tenant, 'keys', 'echo "$REDIS_KEY_PREFIX"')).toBe(`${tenant}:`);
      expect(redis(tenant, 'acl whoami')).toBe(tenant);
      expect(redis(tenant, `set ${tenant}:greeting hello`)).toBe('OK');
      expect(redis(tenant, `publish ${tenant}:news x`)).toBe('0');
      expect(redis(tenant, `xadd ${tenant}:stream '*' a 1`)).toMatch(/^\d+-\d$/);
      expect(redis(tenant, 'info server')).toContain('redis_version');
      expect(
        mc(tenant, 'echo kept | mc pipe "at/$S3_BUCKET_OWN/letter" && mc cat "at/$S3_BUCKET_OWN/letter"'),
      ).toContain('kept');
    }
    expect(redis('legacy', 'set anything hello')).toBe('OK');
  });

  test.each([
    ['read a key', 'get second:greeting'],
    ['write a key', 'set second:greeting mine'],
    ['write a key without the prefix', 'set greeting mine'],
    ['read a key in a script', `eval "return redis.call('get', 'second:greeting')" 0`],
    ['copy a key', 'copy second:greeting first:greeting'],
    ['publish to a channel', 'publish second:news x'],
    ['choose the database', '-n 1 dbsize'],
    ['empty all databases', 'flushall'],
    ['list all keys', 'keys "*"'],
    ['list the channels', 'pubsub channels'],
    ['flush the scripts', 'script flush'],
    ['replace functions', 'function flush'],
    ['listen to the commands', 'config get requirepass'],
    ['list the users', 'acl list'],
    ['end connections', 'client kill type normal'],
    ['end the server', 'shutdown nosave'],
  ])('may not %s of another', (_, command) => {
    expect(redis('first', command)).toMatch(/NOPERM|can.t access at least one/);
    expect(redis('second', 'get second:greeting')).toBe('hello');
  });

  test('may not subscribe to a channel of another', () => {
    expect(redis('first', 'subscribe second:news')).toContain('NOPERM');
  });

  test('may neither list, read nor write a bucket of another', () => {
    for (const command of [
      'mc ls at/second-own',
      'mc cat at/second-own/letter',
      'echo mine | mc pipe at/second-own/letter',
    ])
      expect(mc('first', command)).toContain('refused');
    expect(mc('first', 'mc ls at')).not.toContain('second');
    expect(mc('second', 'mc cat at/second-own/letter')).toBe('kept');
  });

  const sql = (statement: string): string =>
    sh('first', 'sql', `psql "$DATABASE_URL" -Atc "${statement}" 2>&1 || true`);

  test('read and write rows by a role that is no superuser, and that changes no schema', () => {
    expect(sql('insert into entries (x) values (7) returning x')).toContain('7');
    expect(sql('select current_user, usesuper from pg_user where usename = current_user')).toBe('first_application|f');
    for (const statement of [
      'create table other (x int)',
      'alter table entries add y int',
      'drop table entries',
      'create role more',
      "copy entries to program 'cat'",
    ])
      expect([statement, sql(statement)]).toEqual([
        statement,
        expect.stringMatching(/permission denied|must be owner/),
      ]);
  });

  test('get new passwords of their roles, too', async () => {
    const url = sh('first', 'sql', 'echo "$DATABASE_URL"');
    expect(small.project('rotate', 'first', 'postgres')).toMatchObject({ status: 0 });
    expect(sql('select 1 from entries limit 1')).toBe('1');
    expect(sh('first', 'sql', `psql "${url}" -c 'select 1' 2>&1 || true`)).toContain('password authentication failed');
    await healthy();
  });

  test('keep their users when the server starts again', async () => {
    small.kubectl('delete', 'pod', '-n', 'house', 'house-redis-0');
    await eventually('it answers', 120, () => expect(redis('second', 'get second:greeting')).toBe('hello'));
    expect(redis('first', 'get second:greeting')).toContain('NOPERM');
    await healthy();
  });

  test('get new passwords one by one, and the server goes on', async () => {
    const url = sh('first', 'keys', 'echo "$REDIS_URL"');
    const server = small.kubectl('get', 'pod', '-n', 'house', 'house-redis-0', '-o', 'jsonpath={.metadata.uid}');
    const rotated = small.project('rotate', 'first', 'redis');
    expect([rotated.status, rotated.stderr]).toEqual([0, expect.stringContaining('new REDIS_PASSWORD')]);
    expect(redis('first', 'get first:greeting')).toBe('hello');
    expect(sh('second', 'keys', `redis-cli --no-auth-warning -u "${url}" ping 2>&1 || true`)).toContain('WRONGPASS');
    expect(small.kubectl('get', 'pod', '-n', 'house', 'house-redis-0', '-o', 'jsonpath={.metadata.uid}')).toBe(server);
    expect(small.kubectl('get', 'secret', '-n', 'house', 'house-redis-users', '-o', 'json')).not.toContain('.previous');
    small.kubectl('delete', 'pod', '-n', 'house', 'house-redis-0');
    await eventually('the new one holds after a restart', 120, () =>
      expect(redis('first', 'get first:greeting')).toBe('hello'),
    );
    await healthy();
  });

  test('lose in a reset what is their own, and nothing of the others', () => {
    expect(small.project('reset', 'first', '--yes')).toMatchObject({ status: 0 });
    expect(redis('first', 'get first:greeting')).toBe('');
    expect(mc('first', 'mc cat "at/$S3_BUCKET_OWN/letter"')).toContain('refused');
    expect(redis('second', 'get second:greeting')).toBe('hello');
    expect(redis('legacy', 'get anything')).toBe('hello');
    expect(mc('second', 'mc cat at/second-own/letter')).toBe('kept');
  });
});
