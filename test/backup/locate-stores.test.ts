import { describe, expect, test } from '@jest/globals';
import type { Service } from '../../charts/common/kind.ts';
import { ownSchema, serviceKinds } from '../../charts/kinds.ts';
import { locateStores } from '../../src/backup/locate-stores.ts';
import type { ClaimServer } from '../../src/backup/service-pods.ts';
import { declareEnvironment, declareProject, known } from '../charts/declared.ts';

const shared = (name: string, kind: string): Service => ({
  name,
  kind,
  scope: 'dev',
  namespace: 'dev',
  object: `dev-${name}`,
  owner: { environment: 'dev', tier: 'global' },
  settings: known(serviceKinds, kind).schema.parse({}),
});

test('a project’s data is in its own services, and in its parts of those that all share', () => {
  const declared = declareProject({ services: { postgres: {}, queue: { kind: 'redis' } } });
  const files = ownSchema(known(serviceKinds, 'minio')).parse({ buckets: ['pictures'] });
  const [own] = declared.services;
  const project = {
    ...declared,
    services: [
      ...declared.services,
      { ...(own as Service), name: 'files', kind: 'minio', object: 'shop-files', settings: files },
    ],
    uses: { cache: { database: 3 }, assets: { buckets: ['raw'] }, catalog: {} },
  };
  const services = [shared('cache', 'redis'), shared('assets', 'minio'), shared('catalog', 'postgres')];
  const environment = { ...declareEnvironment([project]), services };
  const { stores, skipped } = locateStores({ environment, profile: environment.profiles.local, project });
  expect(stores.map(({ server }) => [server.namespace, server.pod, server.container])).toEqual([
    ['shop', 'shop-postgres-0', 'postgres'],
    ['dev', 'dev-assets-0', 'minio'],
    ['shop', 'shop-files-0', 'minio'],
    ['dev', 'dev-cache-0', 'redis'],
    ['shop', 'shop-queue-0', 'redis'],
  ]);
  expect(stores.map(({ server }) => (server as { database?: number; buckets?: string[] }).buckets)).toEqual([
    undefined,
    ['shop-raw'],
    ['shop-pictures'],
    undefined,
    undefined,
  ]);
  expect(skipped.map(({ service, reason }) => `${service}: ${reason}`)).toEqual([
    'catalog: all who use it share what it holds',
    'cache: a broker: what waits in its queues is not kept',
    'queue: a broker: what waits in its queues is not kept',
  ]);
});

describe('claims under volumes', () => {
  const claim = { claim: '1Gi', mountPath: '/data' };
  const project = declareProject({
    services: {
      mail: { kind: 'container', image: 'axllent/mailpit:v1.21', port: 8025, user: 7, volumes: { letters: claim } },
    },
    workloads: {
      api: {
        kind: 'http',
        port: 80,
        volumes: { uploads: claim, cache: { emptyDir: '1Gi', mountPath: '/cache' } },
      },
      nightly: {
        kind: 'cronjob',
        schedule: '0 3 * * *',
        volumes: { uploads: { persistentVolumeClaim: 'shop-api-uploads', mountPath: '/in' } },
      },
      keeper: {
        kind: 'statefulset',
        health: { tcp: 80 },
        replicas: 2,
        security: { level: 'baseline', reason: 'its image runs as root' },
        volumes: { ledger: claim },
      },
    },
  });
  const environment = declareEnvironment([project]);
  const { stores } = locateStores({ environment, profile: environment.profiles.local, project });
  const servers = stores.map(({ server }) => server as ClaimServer);

  test('are one that all pods share, one for each pod of a StatefulSet, and those of services', () => {
    expect(servers.map(({ claim }) => claim)).toEqual([
      'letters-shop-mail-0',
      'shop-api-uploads',
      'ledger-shop-keeper-0',
      'ledger-shop-keeper-1',
    ]);
  });

  test('are copied while all that mounts them is stopped', () => {
    expect(servers.map(({ workloads }) => workloads?.map(({ kind, object }) => `${kind} ${object}`))).toEqual([
      undefined,
      ['Deployment shop-api', 'CronJob shop-nightly'],
      ['StatefulSet shop-keeper'],
      ['StatefulSet shop-keeper'],
    ]);
  });

  test('are read by the user who writes them, by root if nobody says who that is', () => {
    expect(servers.map(({ user }) => user)).toEqual([7, 1000, 0, 0]);
  });

  test('go back to the volume and the pod that they are of', () => {
    const part = (more: object) => ({ kind: 'volume', service: 'keeper', files: [], ...more });
    const at = (more: object) =>
      stores.flatMap(({ server, copies }) =>
        typeof copies !== 'string' &&
        copies.place({ ...part(more), files: [{ path: 'x', bytes: 1, sha256: '' }] }, { project: 'shop', from: 'shop' })
          ? [server.claim]
          : [],
      );
    expect(at({ volume: 'ledger', ordinal: 1 })).toEqual(['ledger-shop-keeper-1']);
    expect(at({ volume: 'ledger' })).toEqual([]);
    expect(at({ volume: 'other', ordinal: 1 })).toEqual([]);
    expect(at({ service: 'api', volume: 'uploads' })).toEqual(['shop-api-uploads']);
    expect(at({ kind: 'claim', service: 'api', volume: 'uploads' })).toEqual([]);
  });
});
