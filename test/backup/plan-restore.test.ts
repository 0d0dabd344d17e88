import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../charts/model.ts';
import { locateStores } from '../../src/backup/locate-stores.ts';
import type { Manifest, Part } from '../../src/backup/manifest.ts';
import { planRestore, type RestorePlan } from '../../src/backup/plan-restore.ts';
import { load } from '../../src/config/load.ts';
import { findProject } from '../../src/config/select-projects.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';

const repository = join(import.meta.dirname, '..', '..');
const { environment, profile } = load(repository, { profile: 'local' });
const turfoo = findProject(environment, 'turfoo');
const { stores, skipped } = locateStores({ environment, profile, project: turfoo });
const serversOf = (found: typeof stores) => found.map(({ server }) => server);
const what = ({ parts }: RestorePlan) => parts.map((part) => part.what);

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
const bucket = (name: string): Part => ({
  kind: 'bucket',
  service: 'minio',
  bucket: name,
  objects: 0,
  bytes: 0,
  files: [file],
});
const database = (name: string): Part => ({
  kind: 'postgres',
  service: 'postgres',
  database: name,
  files: [file],
});

test('a project holds its databases, its immudb server, its buckets and its Redis database', () => {
  expect(serversOf(stores)).toMatchObject([
    { namespace: 'turfoo', pod: 'turfoo-postgres-0', container: 'postgres', user: 'turfoo', database: 'turfoo' },
    { namespace: 'turfoo', pod: 'turfoo-immudb-0' },
    {
      namespace: 'monorepo',
      pod: 'monorepo-minio-0',
      accessKey: 'turfoo',
      secret: { namespace: 'turfoo', name: 'turfoo-minio', key: 'MINIO_SECRET_KEY' },
      buckets: ['turfoo-raw-cards', 'turfoo-inbox'],
    },
    { namespace: 'monorepo', pod: 'monorepo-redis-0', database: 1 },
  ]);
  expect(skipped).toMatchObject([{ service: 'redis' }]);
});

test('what is managed is not in the cluster, and is said', () => {
  const managed = { ...profile, managed: ['redis', 'minio', 'turfoo/postgres'] };
  const found = locateStores({ environment, profile: managed, project: turfoo });
  expect(serversOf(found.stores)).toMatchObject([{ service: 'immudb' }]);
  expect(found.skipped.map(({ service, reason }) => [service, /managed/.test(reason)])).toEqual([
    ['redis', true],
    ['minio', true],
    ['postgres', true],
  ]);
});

test('the access key of a project whose name MinIO does not take is that of the user that was made for it', () => {
  const project = declareProject({ name: 'ab', uses: { minio: { buckets: ['raw'] } } });
  const declared = declareEnvironment([project]);
  const found = locateStores({ environment: declared, profile: declared.profiles.local as Profile, project });
  expect(serversOf(found.stores)).toMatchObject([{ accessKey: 'ab-project', buckets: ['ab-raw'] }]);
});

test('a backup of the project goes where it came from', () => {
  const plan = planRestore(
    manifest('turfoo', [database('turfoo'), database('reports'), bucket('turfoo-inbox')]),
    'turfoo',
    stores,
  );
  expect(what(plan)).toEqual(['postgres database turfoo', 'postgres database reports', 'minio bucket turfoo-inbox']);
});

test('a backup of another project is refused, unless it is forced: then its names become this one’s', () => {
  const other = manifest('horse-bets', [database('horse_bets'), database('reports'), bucket('horse-bets-inbox')]);
  expect(() => planRestore(other, 'turfoo', stores)).toThrow(UsageError);
  expect(() => planRestore(other, 'turfoo', stores)).toThrow('a backup of horse-bets, not of turfoo');
  const plan = planRestore(other, 'turfoo', stores, true);
  expect(what(plan)).toEqual(['postgres database turfoo', 'postgres database reports', 'minio bucket turfoo-inbox']);
});

test('a part without a place is refused; forced, it is left out and said', () => {
  const more = manifest('turfoo', [database('turfoo'), bucket('turfoo-gone')]);
  expect(() => planRestore(more, 'turfoo', stores)).toThrow(
    'no service or bucket for these parts of the backup: bucket turfoo-gone',
  );
  const plan = planRestore(more, 'turfoo', stores, true);
  expect(what(plan)).toEqual(['postgres database turfoo']);
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
  const shop = locateStores({ environment: declared, profile: declared.profiles.local as Profile, project: search });

  test('is saved as its files, and no word is said of one without', () => {
    expect(serversOf(shop.stores)).toMatchObject([
      { service: 'search', pod: 'shop-search-0', container: 'search', folder: '/meili_data', user: 1001 },
    ]);
    expect(shop.skipped).toEqual([]);
  });

  test('gets them back', () => {
    const part: Part = { kind: 'claim', service: 'search', files: [file] };
    const plan = planRestore(manifest('shop', [part]), 'shop', shop.stores);
    expect([what(plan), plan.left]).toEqual([['search'], []]);
    expect(() => planRestore(manifest('turfoo', [part]), 'turfoo', stores)).toThrow('search claim');
  });
});
