import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../charts/model.ts';
import { inventory, savedServices } from '../../src/backup/inventory.ts';
import type { Manifest } from '../../src/backup/manifest.ts';
import { planRestore } from '../../src/backup/plan-restore.ts';
import { load } from '../../src/config/load.ts';
import { findProject } from '../../src/config/select-projects.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';

const repository = join(import.meta.dirname, '..', '..');
const { environment, profile } = load(repository, { profile: 'local' });
const turfoo = findProject(environment, 'turfoo');
const held = inventory(environment, profile, turfoo);

const file = { path: 'x', bytes: 1, sha256: '0'.repeat(64) };
const manifest = (project: string, parts: Manifest['parts']): Manifest => ({
  formatVersion: 1,
  repoctl: '0.1.0',
  environment: 'monorepo',
  project,
  profile: 'local',
  time: '2026-11-21T14:42:44.000Z',
  parts,
  skipped: [],
});
const bucket = (name: string): Manifest['parts'][number] => ({
  kind: 'bucket',
  service: 'minio',
  bucket: name,
  objects: 0,
  bytes: 0,
  files: [file],
});
const database = (name: string): Manifest['parts'][number] => ({
  kind: 'postgres',
  service: 'postgres',
  database: name,
  files: [file],
});

test('a project holds its databases, its immudb server, its buckets and its Redis database', () => {
  expect(held).toMatchObject({
    postgres: [
      { namespace: 'turfoo', pod: 'turfoo-postgres-0', container: 'postgres', user: 'turfoo', database: 'turfoo' },
    ],
    immudb: [{ namespace: 'turfoo', pod: 'turfoo-immudb-0' }],
    store: {
      namespace: 'monorepo',
      pod: 'monorepo-minio-0',
      accessKey: 'turfoo',
      secret: { namespace: 'turfoo', name: 'turfoo-minio', key: 'MINIO_SECRET_KEY' },
      buckets: ['turfoo-raw-cards', 'turfoo-inbox'],
    },
    broker: { namespace: 'monorepo', pod: 'monorepo-redis-0', database: 1 },
    skipped: [{ service: 'redis' }],
  });
});

test('what is managed is not in the cluster, and is said', () => {
  const managed = { ...profile, managed: ['redis', 'minio', 'turfoo/postgres'] };
  const { postgres, immudb, store, broker, skipped } = inventory(environment, managed, turfoo);
  expect([postgres, store, broker]).toEqual([[], undefined, undefined]);
  expect(immudb).toHaveLength(1);
  expect(skipped.map(({ service, reason }) => [service, /managed/.test(reason)])).toEqual([
    ['redis', true],
    ['minio', true],
    ['postgres', true],
  ]);
});

test('a backup of the project goes where it came from', () => {
  const plan = planRestore(
    manifest('turfoo', [database('turfoo'), database('reports'), bucket('turfoo-inbox')]),
    'turfoo',
    held,
  );
  expect(plan.foreign).toBe(false);
  expect(plan.databases.map(({ server, database }) => [server.object, database])).toEqual([
    ['turfoo-postgres', 'turfoo'],
    ['turfoo-postgres', 'reports'],
  ]);
  expect(plan.buckets).toMatchObject([{ bucket: 'turfoo-inbox', from: 'turfoo-inbox' }]);
});

test('a backup of another project is refused, unless it is forced: then its names become this one’s', () => {
  const other = manifest('horse-bets', [database('horse_bets'), database('reports'), bucket('horse-bets-inbox')]);
  expect(() => planRestore(other, 'turfoo', held)).toThrow(UsageError);
  expect(() => planRestore(other, 'turfoo', held)).toThrow('a backup of horse-bets, not of turfoo');
  const plan = planRestore(other, 'turfoo', held, true);
  expect(plan.foreign).toBe(true);
  expect(plan.databases.map(({ database }) => database)).toEqual(['turfoo', 'reports']);
  expect(plan.buckets).toMatchObject([{ bucket: 'turfoo-inbox', from: 'horse-bets-inbox' }]);
});

test('a part without a place is refused; forced, it is left out and said', () => {
  const more = manifest('turfoo', [database('turfoo'), bucket('turfoo-gone')]);
  expect(() => planRestore(more, 'turfoo', held)).toThrow(
    'no place in the cluster for what the backup has: bucket turfoo-gone',
  );
  const plan = planRestore(more, 'turfoo', held, true);
  expect(plan.buckets).toEqual([]);
  expect(plan.databases).toHaveLength(1);
  expect(plan.left.join()).toContain('bucket turfoo-gone: not restored');
});

describe('a service of any image with a claim', () => {
  const search = declareProject({
    name: 'shop',
    services: {
      search: {
        kind: 'container',
        image: 'getmeili/meilisearch:v1.15',
        port: 7700,
        user: 1001,
        storage: { path: '/meili_data' },
      },
      cache: { kind: 'container', image: 'memcached:1.6', port: 11211 },
    },
  });
  const declared = declareEnvironment([search]);
  const shop = inventory(declared, declared.profiles.local as Profile, search);

  test('is saved as its files, and no word is said of one without', () => {
    expect(shop.claims).toMatchObject([
      { service: 'search', pod: 'shop-search-0', container: 'search', folder: '/meili_data', user: 1001 },
    ]);
    expect(savedServices(shop).map(({ service }) => service)).toEqual(['search']);
    expect(shop.skipped).toEqual([]);
  });

  test('gets them back', () => {
    const part: Manifest['parts'][number] = { kind: 'claim', service: 'search', files: [file] };
    const { folders, left } = planRestore(manifest('shop', [part]), 'shop', shop);
    expect(folders).toEqual([{ server: shop.claims[0], file }]);
    expect(left).toEqual([]);
    expect(() => planRestore(manifest('turfoo', [part]), 'turfoo', held)).toThrow('search claim');
  });
});
