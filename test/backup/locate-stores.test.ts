import { expect, test } from '@jest/globals';
import type { Service } from '../../charts/common/kind.ts';
import { ownSchema, serviceKinds } from '../../charts/kinds.ts';
import { locateStores } from '../../src/backup/locate-stores.ts';
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
