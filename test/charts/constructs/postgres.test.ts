import { describe, expect, test } from '@jest/globals';
import { postgres } from '../../../charts/constructs/postgres.ts';
import type { PresetName } from '../../../charts/model.ts';
import { backedUp } from '../backed-up.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, environmentOf, type Objects, one, podOf } from '../objects.ts';
import { seen } from '../seen.ts';

const build = (settings: Given = {}, profile?: PresetName) =>
  profile === 'production' ? backedUp({ postgres: settings }) : projectObjectsOf({ services: { postgres: settings } });
const api = { kind: 'http', port: 80 };
const urlOf = (objects: Objects) => environmentOf(containerOf(objects, 'shop-api'));

describe('defaults', () => {
  const objects = build();

  test('a StatefulSet of one pod with a claim, and a Service under the same name', () => {
    const { metadata, spec } = one(objects, 'StatefulSet');
    expect(metadata.name).toBe('shop-postgres');
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0]?.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      volumeMode: 'Filesystem',
    });
    expect(one(objects, 'Service').spec.ports).toEqual([{ name: 'postgres', port: 5432, targetPort: 'postgres' }]);
  });

  test('the database and its owner are named after the project', () => {
    expect(environmentOf(containerOf(objects))).toMatchObject({ POSTGRES_USER: 'shop', POSTGRES_DB: 'shop' });
  });

  test('the password is a file that only the group of the server can read', () => {
    expect(environmentOf(containerOf(objects))).toMatchObject({
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres/POSTGRES_PASSWORD',
    });
    expect(podOf(objects).volumes).toContainEqual({
      name: 'password',
      secret: {
        secretName: 'shop-postgres',
        defaultMode: 0o440,
        items: [{ key: 'POSTGRES_PASSWORD', path: 'POSTGRES_PASSWORD' }],
      },
    });
    expect(containerOf(objects).volumeMounts).toContainEqual({
      name: 'password',
      mountPath: '/run/secrets/postgres',
      readOnly: true,
    });
  });

  test('keeps its data in a folder of the claim, since the root of one may hold lost+found', () => {
    expect(environmentOf(containerOf(objects)).PGDATA).toMatch('/var/lib/postgresql/data/');
    expect(containerOf(objects).volumeMounts).toContainEqual({ name: 'data', mountPath: '/var/lib/postgresql/data' });
  });

  test('may write where the server has its socket', () => {
    expect(containerOf(objects).volumeMounts).toContainEqual({ name: 'run', mountPath: '/var/run/postgresql' });
  });

  test('runs as the user of the image, to whom the claim belongs', () => {
    expect(podOf(objects).securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999, fsGroup: 999 });
  });

  test('is ready once it answers over TCP, which it does not while init scripts run', () => {
    const { readinessProbe } = containerOf(objects);
    expect(readinessProbe.exec.command.join(' ')).toBe('pg_isready -h 127.0.0.1 -U shop -d shop -t 3');
  });

  test.each([
    ['accepts connections', 0, 0],
    ['recovers, shuts down or has no connection free', 1, 0],
    ['does not answer', 2, 1],
  ])('one that %s is alive, or not', (_, code, expected) => {
    const { livenessProbe, readinessProbe } = containerOf(objects);
    const [shell = '', ...rest] = livenessProbe.exec.command;
    const { status, args } = seen('pg_isready', shell, rest, {}, `exit ${code}`);
    expect([status, ['pg_isready', ...args]]).toEqual([expected, readinessProbe.exec.command]);
  });

  test('has ten minutes to start, since killed init scripts or a killed recovery are never made up for', () => {
    const { startupProbe } = containerOf(objects);
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(600);
  });

  test('has a minute to stop', () => {
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(60);
  });

  test('makes no ConfigMap without init scripts', () => {
    expect(all(objects, 'ConfigMap')).toEqual([]);
  });
});

describeFields(postgres, {}, build, {
  image: { given: 'postgres:16.2', seen: (objects) => containerOf(objects).image, expected: 'postgres:16.2' },
  database: {
    given: 'orders',
    seen: (objects) => environmentOf(containerOf(objects)).POSTGRES_DB,
    expected: 'orders',
  },
  user: { given: 'clerk', seen: (objects) => environmentOf(containerOf(objects)).POSTGRES_USER, expected: 'clerk' },
  storage: {
    given: '8Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '8Gi' },
  },
  initScripts: {
    // The loader reads the folder that is named here.
    given: 'infra/init',
    seen: (objects) => containerOf(objects).volumeMounts.find(({ name }) => name === 'init'),
    expected: { name: 'init', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
  },
  settings: {
    given: { max_connections: 200, log_statement: 'all' },
    seen: (objects) => containerOf(objects).args,
    expected: ['-c', 'max_connections=200', '-c', 'log_statement=all'],
  },
  backup: {
    given: { schedule: '30 1 * * *' },
    profile: 'production',
    seen: (objects) => one(objects, 'CronJob', 'shop-postgres-backup').spec.schedule,
    expected: '30 1 * * *',
  },
  cluster: {
    given: { instances: 2 },
    profile: 'production',
    seen: (objects) => objects.map(({ kind }) => kind).filter((kind) => ['Cluster', 'StatefulSet'].includes(kind)),
    expected: ['Cluster'],
  },
  separateRoles: {
    given: true,
    seen: (objects) => podOf([one(objects, 'StatefulSet')]).volumes.find(({ name }) => name === 'password'),
    expected: {
      name: 'password',
      secret: {
        secretName: 'shop-postgres',
        defaultMode: 0o440,
        items: ['POSTGRES_PASSWORD', 'POSTGRES_APPLICATION_PASSWORD', 'POSTGRES_MIGRATION_PASSWORD'].map((key) => ({
          key,
          path: key,
        })),
      },
    },
  },
  hostPort: { given: 15432, seen: (_, hostPorts) => hostPorts, expected: [15432] },
  resources: {
    given: { requests: { memory: '512Mi' }, limits: { memory: '2Gi' } },
    seen: (objects) => containerOf(objects).resources,
    expected: { requests: { cpu: '50m', memory: '512Mi' }, limits: { cpu: '1', memory: '2Gi' } },
  },
});

test('init scripts are a ConfigMap', () => {
  const objects = build({ initScripts: 'infra/init' });
  expect(one(objects, 'ConfigMap')).toMatchObject({
    metadata: { name: 'shop-postgres-init' },
    data: { '01-schema.sql': 'CREATE SCHEMA figures;' },
  });
  expect(podOf(objects).volumes).toContainEqual({ name: 'init', configMap: { name: 'shop-postgres-init' } });
});

describe('what the workloads get', () => {
  test('a URL that is put together from the Secret', () => {
    expect(urlOf(projectObjectsOf({ services: { postgres: {} }, workloads: { api } }))).toEqual({
      POSTGRES_PASSWORD: 'secret shop-postgres/POSTGRES_PASSWORD',
      DATABASE_URL: 'postgresql://shop:$(POSTGRES_PASSWORD)@shop-postgres.shop.svc:5432/shop',
    });
  });

  test('its name before the variables, if it is not named like its kind', () => {
    const services = { postgres: {}, reports: { kind: 'postgres', database: 'figures', user: 'reader' } };
    expect(urlOf(projectObjectsOf({ services, workloads: { api } }))).toEqual({
      POSTGRES_PASSWORD: 'secret shop-postgres/POSTGRES_PASSWORD',
      DATABASE_URL: 'postgresql://shop:$(POSTGRES_PASSWORD)@shop-postgres.shop.svc:5432/shop',
      REPORTS_POSTGRES_PASSWORD: 'secret shop-reports/POSTGRES_PASSWORD',
      REPORTS_DATABASE_URL: 'postgresql://reader:$(REPORTS_POSTGRES_PASSWORD)@shop-reports.shop.svc:5432/figures',
    });
  });
});

describe('waiting for it', () => {
  const objects = projectObjectsOf({
    services: { postgres: {} },
    workloads: { api: { kind: 'http', port: 80, after: ['postgres'] } },
  });
  const script = podOf(objects, 'shop-api').initContainers[0]?.command[7] ?? '';

  test.each([
    ['postgresql://shop:geheim@shop-postgres.shop.svc:5432/shop', 'postgresql://shop@shop-postgres.shop.svc:5432/shop'],
    ['postgres://me:geheim@a:1,b:2/db?sslmode=require&password=geheim', 'postgresql://me@a:1,b:2/db'],
    ['postgresql://me@host', 'postgresql://me@host'],
    ['postgresql://host/db', 'postgresql://host/db'],
  ])('asks the server of %s without its password', (url, asked) => {
    const { args, status } = seen('pg_isready', 'sh', ['-c', script], { DATABASE_URL: url });
    expect([args, status]).toEqual([['-t', '3', '-d', asked], 0]);
  });
});
