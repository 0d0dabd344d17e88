import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { globalObjects } from '../../../charts/app.ts';
import { type Backup, storeKeys } from '../../../charts/common/scheduled-backup.ts';
import { globalPath, serviceKinds } from '../../../charts/kinds.ts';
import { secrets } from '../../../charts/wiring.ts';
import { planNamespace } from '../../../src/synth/plan-namespace.ts';
import { backedUp, parsedBackup, withBackups } from '../backed-up.ts';
import { declareEnvironment, declareProject, projectObjectsOf } from '../declared.ts';
import { all, environmentOf, identity, type Objects, one } from '../objects.ts';

const names = (objects: Objects) => all(objects, 'CronJob').map(({ metadata }) => metadata.name);
const job = (objects: Objects, name = 'shop-postgres-backup') => one(objects, 'CronJob', name);
const podIn = (objects: Objects, name?: string) => job(objects, name).spec.jobTemplate.spec.template.spec;
const containerIn = (objects: Objects, name?: string) => podIn(objects, name).containers[0];
const valuesIn = (objects: Objects, name?: string) => environmentOf(containerIn(objects, name) as never);
const scriptIn = (objects: Objects, name?: string) => containerIn(objects, name)?.command?.[2] ?? '';

describe('the backup of PostgreSQL', () => {
  const objects = backedUp({ postgres: {} });

  test('is a cron job beside one that checks it, of each service', () => {
    expect(names(backedUp({ postgres: {}, reports: { kind: 'postgres' }, redis: {} })).sort()).toEqual([
      'shop-postgres-backup',
      'shop-postgres-backup-check',
      'shop-reports-backup',
      'shop-reports-backup-check',
    ]);
  });

  test('never runs twice at a time, and ends within its limit', () => {
    for (const { spec } of all(objects, 'CronJob')) {
      expect(spec).toMatchObject({ concurrencyPolicy: 'Forbid', timeZone: 'Etc/UTC', suspend: false });
      expect(spec.jobTemplate.spec).toMatchObject({ activeDeadlineSeconds: 7200, backoffLimit: 2 });
    }
    expect(job(objects).spec.schedule).toBe('0 2 * * *');
    expect(job(objects, 'shop-postgres-backup-check').spec.schedule).toBe('0 12 * * *');
  });

  test('runs in the image of the server, with the S3 client copied from its own', () => {
    const made = podIn(backedUp({ postgres: { image: 'postgres:16.2' } }, { clientImage: 'mirror/mc:1' }));
    expect(made.containers.map(({ image }) => image)).toEqual(['postgres:16.2']);
    expect(made.initContainers.map(({ image }) => image)).toEqual(['mirror/mc:1']);
  });

  test.each(['shop-postgres-backup', 'shop-postgres-backup-check'])(
    'of %s never has the S3 client keep 528 MiB of a stream in memory, more than its pod may have',
    (name) => {
      const streams = [...scriptIn(objects, name).matchAll(/ pipe (\S+ \S+)/g)].map(([, options]) => options);
      expect(streams).toEqual(['--part-size 32MiB']);
    },
  );

  test('has its passwords in files, and none in its variables', () => {
    const made = podIn(objects);
    expect(containerIn(objects)?.env?.some(({ valueFrom }) => valueFrom !== undefined)).toBe(false);
    expect(made.volumes.map(({ name, secret }) => [name, secret?.secretName])).toEqual([
      ['tools', undefined],
      ['store', 'shop-backup-store'],
      ['password', 'shop-postgres'],
      ['tmp', undefined],
    ]);
  });

  test('checks in a database on a claim that goes with the pod, as large as that of the service', () => {
    const scratch = (made: Objects) =>
      podIn(made, 'shop-postgres-backup-check').volumes.find(({ name }) => name === 'scratch')?.ephemeral
        .volumeClaimTemplate.spec;
    expect(scratch(backedUp({ postgres: { storage: '8Gi' } }))?.resources.requests).toEqual({ storage: '8Gi' });
    expect(scratch(backedUp({ postgres: {} }, { check: { storage: '20Gi', storageClassName: 'fast' } }))).toMatchObject(
      { storageClassName: 'fast', resources: { requests: { storage: '20Gi' } } },
    );
  });

  test.each([
    ['a bucket', {}, 'backups/shop/postgres'],
    ['a prefix', { prefix: 'team/eu' }, 'backups/team/eu/shop/postgres'],
  ])('is stored under %s, its namespace and its service', (_what, given, path) => {
    expect(valuesIn(backedUp({ postgres: {} }, given))).toMatchObject({
      STORE_URL: 'https://s3.example.com',
      STORE_PATH: path,
    });
  });

  test('has the format of backups by hand, but where it is encrypted', () => {
    const manifest = (given = {}) => JSON.parse(valuesIn(backedUp({ postgres: {} }, given)).MANIFEST ?? '');
    expect(manifest()).toMatchObject({ formatVersion: 3, environment: 'dev', project: 'shop', profile: 'production' });
    expect(manifest({ encryption: 'gpg' })).toMatchObject({ formatVersion: 4, encryption: 'gpg' });
  });

  test('takes what its service says instead of what the profile says', () => {
    const own = { schedule: '@hourly', retention: { days: 2, atLeast: 5 }, timeLimitSeconds: 600, check: false };
    const made = backedUp({ postgres: { backup: own } });
    expect(names(made)).toEqual(['shop-postgres-backup']);
    expect(job(made).spec.schedule).toBe('@hourly');
    expect(job(made).spec.jobTemplate.spec.activeDeadlineSeconds).toBe(600);
    expect(valuesIn(made)).toMatchObject({ KEEP_DAYS: '2', KEEP_LEAST: '5' });
  });

  test('is none where the service says so, where it is managed, and in development', () => {
    expect(names(backedUp({ postgres: { backup: false } }))).toEqual([]);
    expect(names(projectObjectsOf({ services: { postgres: {} } }))).toEqual([]);
    const project = declareProject({ services: { postgres: {} } });
    const { profiles } = withBackups(declareEnvironment([project]));
    const managed = { ...profiles.production, managed: ['postgres'] };
    expect(secrets(declareEnvironment([project]), managed, project).map(({ name }) => name)).toEqual(['shop-postgres']);
  });

  test('also is of a service of the global tier', () => {
    const shared = {
      ...declareEnvironment([]),
      services: [
        {
          name: 'catalog',
          kind: 'postgres',
          scope: 'dev',
          namespace: 'dev',
          object: 'dev-catalog',
          owner: { environment: 'dev', tier: 'global' } as const,
          settings: serviceKinds.postgres?.resolve?.(serviceKinds.postgres.schema.parse({}), {
            project: 'catalog',
            scripts: () => ({}),
            development: false,
          }),
        },
      ],
    };
    expect(globalPath('catalog')).toEqual(['global', 'services', 'catalog']);
    const environment = withBackups(shared);
    const { objects: made, ...rest } = globalObjects(environment, environment.profiles.production);
    expect(names(made)).toEqual(['dev-catalog-backup', 'dev-catalog-backup-check']);
    expect(secrets(environment, environment.profiles.production).map(({ name }) => name)).toContain('dev-backup-store');
    expect(
      planNamespace(environment, environment.profiles.production, undefined, { objects: made, ...rest }).workloads.map(
        ({ name, controller }) => [name, controller],
      ),
    ).toEqual([
      ['catalog-backup', { kind: 'CronJob', name: 'dev-catalog-backup' }],
      ['catalog-backup-check', { kind: 'CronJob', name: 'dev-catalog-backup-check' }],
    ]);
  });

  test('reaches the server and the bucket, its check the bucket alone', () => {
    const ports = (name: string) =>
      objects
        .filter((each) => identity(each) === `NetworkPolicy/${name}`)
        .flatMap(({ spec }) => (spec as { egress: { ports: { port: number }[] }[] }).egress)
        .flatMap((rule) => rule.ports.map(({ port }) => port));
    expect(ports('shop-postgres-backup')).toEqual([5432, 443]);
    expect(ports('shop-postgres-backup-check')).toEqual([443]);
  });

  test.each(['shop-postgres-backup', 'shop-postgres-backup-check'])('%s: bash reads its script', (name) => {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', scriptIn(objects, name)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

test.each([
  ['none', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']],
  ['gpg', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'BACKUP_PASSPHRASE']],
])('encryption %s needs a Secret with %j', (encryption, keys) => {
  expect(storeKeys(parsedBackup({ encryption }) as Backup)).toEqual(keys);
  const project = declareProject({ services: { postgres: {} } });
  const environment = withBackups(declareEnvironment([project]), { encryption, secret: 'vault-made' });
  const [, store] = secrets(environment, environment.profiles.production, project);
  expect([store?.name, store?.keys.map(({ key }) => key)]).toEqual(['vault-made', keys]);
});
