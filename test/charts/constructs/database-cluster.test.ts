import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { backupField } from '../../../charts/common/scheduled-backup.ts';
import { secrets } from '../../../charts/wiring.ts';
import { resolveProfiles } from '../../../src/config/profiles.ts';
import { declareEnvironment, declareProject, type Given } from '../declared.ts';
import { matrix, podsOf } from '../network-matrix.ts';
import { identity } from '../objects.ts';

const backup = backupField.parse({ schedule: '0 2 * * *', bucket: 'backups', prefix: 'eu', cidrs: ['192.0.2.0/24'] });

function build(cluster: Given, more: Given = {}) {
  const project = declareProject({
    services: {
      postgres: { cluster, storage: '20Gi', settings: { max_connections: 200 }, initScripts: 'infra/initdb', ...more },
    },
    workloads: { api: { kind: 'http', port: 80, after: ['postgres'] } },
  });
  const images = { registry: 'registry.example.com/dev', tag: '1' };
  const profiles = resolveProfiles({ production: { images, backup, monitoring: { monitors: 'pod' } } }, 0);
  const environment = { ...declareEnvironment([project]), profiles };
  const { objects } = projectObjects(environment, profiles.production, project);
  return { objects, secrets: secrets(environment, profiles.production, project).map(({ name }) => name) };
}

const specOf = (objects: readonly ManifestObject[], kind: string, name = 'shop-postgres') =>
  objects.find((each) => each.kind === kind && each.metadata?.name === name)?.spec;

describe('PostgreSQL with a cluster', () => {
  const { objects, secrets: required } = build({ instances: 3, synchronous: 1, walStorage: '5Gi' });

  test('is a Cluster of CloudNativePG with its servers, its data and its settings, and no server of ours', () => {
    expect(specOf(objects, 'Cluster')).toMatchObject({
      instances: 3,
      imageName: 'postgres:16.11',
      postgresUID: 999,
      postgresGID: 999,
      storage: { size: '20Gi' },
      walStorage: { size: '5Gi' },
      postgresql: { parameters: { max_connections: '200' }, synchronous: { method: 'any', number: 1 } },
      bootstrap: {
        initdb: {
          database: 'shop',
          owner: 'shop',
          postInitApplicationSQLRefs: { configMapRefs: [{ name: 'shop-postgres-init', key: '01-schema.sql' }] },
        },
      },
      resources: { requests: { memory: '128Mi' }, limits: { memory: '512Mi' } },
      enablePDB: true,
    });
    const kinds = objects.filter(({ metadata }) => metadata?.name?.startsWith('shop-postgres')).map(identity);
    expect(kinds.sort()).toEqual([
      'Cluster/shop-postgres',
      'ConfigMap/shop-postgres-init',
      'NetworkPolicy/shop-postgres',
      'ObjectStore/shop-postgres',
      'PodMonitor/shop-postgres',
      'ScheduledBackup/shop-postgres',
    ]);
  });

  test('is reached by workloads at its primary, with the password that the operator makes', () => {
    const api = JSON.stringify(specOf(objects, 'Deployment', 'shop-api'));
    expect(api).toContain('postgresql://shop:$(POSTGRES_PASSWORD)@shop-postgres-rw.shop.svc:5432/shop');
    expect(api).toContain('"secretKeyRef":{"name":"shop-postgres-app","key":"password"}');
    // Nobody has to make it.
    expect(required).toEqual(['shop-backup-store']);
  });

  test('archives to the bucket of backups, and is backed up on their schedule', () => {
    expect(specOf(objects, 'ObjectStore')).toMatchObject({
      retentionPolicy: '14d',
      configuration: {
        destinationPath: 's3://backups/eu/shop',
        endpointURL: 'https://s3.amazonaws.com',
        s3Credentials: { accessKeyId: { name: 'shop-backup-store', key: 'AWS_ACCESS_KEY_ID' } },
      },
    });
    const plugin = { name: 'barman-cloud.cloudnative-pg.io' };
    // By this the health report tells that the newest one is old.
    expect(objects.find(({ kind }) => kind === 'Cluster')?.metadata).toMatchObject({
      annotations: { 'repoctl.dev/backup-schedule': '0 2 * * *' },
    });
    expect(specOf(objects, 'Cluster')).toMatchObject({
      plugins: [
        {
          ...plugin,
          isWALArchiver: true,
          parameters: { barmanObjectName: 'shop-postgres', serverName: 'shop-postgres' },
        },
      ],
    });
    expect(specOf(objects, 'ScheduledBackup')).toMatchObject({
      schedule: '0 0 2 * * *',
      cluster: { name: 'shop-postgres' },
      method: 'plugin',
      pluginConfiguration: plugin,
    });
  });

  test('has its instances reach each other, its operator them, and they the bucket and the API server', () => {
    const instance = {
      name: 'instance',
      namespace: 'shop',
      labels: { 'cnpg.io/cluster': 'shop-postgres' },
      ports: [5432, 8000, 9187].map((port) => ({ port, protocol: 'TCP' as const })),
    };
    const stranger = (namespace: string) => ({ name: namespace, namespace, labels: {}, ports: [] });
    const all = [instance, stranger('cnpg-system'), stranger('monitoring'), stranger('default'), ...podsOf(objects)];
    expect(matrix(objects, all).filter((line) => line.includes('instance'))).toEqual([
      'cnpg-system → instance:5432',
      'cnpg-system → instance:8000',
      'instance → instance:5432',
      'instance → instance:8000',
      'monitoring → instance:9187',
      'shop-api → instance:5432',
    ]);
    const policy = JSON.stringify(specOf(objects, 'NetworkPolicy'));
    expect(policy).toContain('192.0.2.0/24');
    expect(policy).toContain('6443');
  });

  test('begins with an archive, to a moment, where that is asked for', () => {
    const recovery = { archive: 'shop-postgres', time: '2026-11-27T09:30:00Z' };
    const recovered = build({ archive: 'shop-postgres-2', recovery }).objects;
    expect(specOf(recovered, 'Cluster')).toMatchObject({
      bootstrap: {
        recovery: {
          source: 'shop-postgres',
          database: 'shop',
          owner: 'shop',
          recoveryTarget: { targetTime: recovery.time },
        },
      },
      externalClusters: [{ name: 'shop-postgres', plugin: { parameters: { serverName: 'shop-postgres' } } }],
      plugins: [{ parameters: { serverName: 'shop-postgres-2' } }],
    });
  });

  test('leaves the namespace without a quota, which its operator’s pods would exceed', () => {
    expect(objects.some(({ kind }) => kind === 'ResourceQuota')).toBe(false);
  });

  test('has its log in the claim of the data unless a size is given', () => {
    expect(specOf(build({}).objects, 'Cluster')).not.toHaveProperty('walStorage');
  });

  test('has no archive where the service wants no backups', () => {
    const { objects } = build({}, { backup: false });
    expect(specOf(objects, 'ObjectStore')).toBeUndefined();
    expect(specOf(objects, 'Cluster')).not.toHaveProperty('plugins');
  });
});
