import { expect, test } from '@jest/globals';
import { locateLeftStores, type Templated } from '../../src/backup/locate-left-stores.ts';
import { declareEnvironment, declareProject } from '../charts/declared.ts';

const object = (name: string, short: string, container: object, more: object = {}): Templated => ({
  apiVersion: 'apps/v1',
  kind: 'x',
  metadata: { name, labels: { 'app.kubernetes.io/name': short } },
  spec: {
    template: { spec: { containers: [{ name: short, ...container }], securityContext: { runAsUser: 999 } } },
    ...more,
  },
});
const left = {
  environment: { name: 'dev', namespace: 'me-dev', projects: [] },
  project: { name: 'shop', namespace: 'me-shop' },
};
const claims = { volumeClaimTemplates: [{}] };
const postgres = object(
  'shop-orders',
  'orders',
  {
    name: 'postgres',
    env: [
      { name: 'POSTGRES_USER', value: 'owner' },
      { name: 'POSTGRES_DB', value: 'orders' },
    ],
  },
  claims,
);
const api = object('shop-api', 'api', {
  env: [
    { name: 'AWS_ENDPOINT_URL_S3', value: 'http://dev-minio.me-dev.svc.cluster.local:9000' },
    { name: 'AWS_ACCESS_KEY_ID', value: 'shop' },
    {
      name: 'AWS_SECRET_ACCESS_KEY',
      valueFrom: { secretKeyRef: { name: 'shop-minio', key: 'AWS_SECRET_ACCESS_KEY' } },
    },
    { name: 'S3_BUCKET_RAW', value: 'shop-raw' },
    { name: 'REDIS_URL', value: 'redis://:$(REDIS_PASSWORD)@dev-redis.me-dev.svc.cluster.local:6379/4' },
  ],
});

test('what holds data is told by what the namespace has', () => {
  const mounted = (mountPath: string) => ({ volumeMounts: [{ name: 'data', mountPath }] });
  const sets = [
    postgres,
    object('shop-immudb', 'immudb', mounted('/var/lib/immudb'), claims),
    object('shop-search', 'search', mounted('/meili_data'), claims),
    object('shop-odd', 'odd', {}, claims),
  ];
  const { stores, skipped } = locateLeftStores(left, sets, [api]);
  expect(stores.map(({ server }) => server)).toMatchObject([
    {
      service: 'orders',
      namespace: 'me-shop',
      pod: 'shop-orders-0',
      container: 'postgres',
      user: 'owner',
      database: 'orders',
    },
    { service: 'immudb', pod: 'shop-immudb-0', container: 'immudb', folder: '/var/lib/immudb', user: 999 },
    { service: 'search', pod: 'shop-search-0', folder: '/meili_data', user: 999 },
    {
      namespace: 'me-dev',
      pod: 'dev-minio-0',
      accessKey: 'shop',
      secret: { namespace: 'me-shop', name: 'shop-minio', key: 'AWS_SECRET_ACCESS_KEY' },
      buckets: ['shop-raw'],
    },
    { pod: 'dev-redis-0', database: 4 },
  ]);
  expect(skipped).toMatchObject([{ service: 'odd' }]);
});

test('the Redis database of a project that was renamed is not its own any more', () => {
  const renamed = declareProject({ name: 'store', uses: { redis: { database: 4 } } });
  const { projects } = declareEnvironment([renamed]);
  const { stores } = locateLeftStores({ ...left, environment: { ...left.environment, projects } }, [], [api]);
  expect(stores.map(({ server }) => server.service)).toEqual(['minio']);
});

test('what runs elsewhere is not the cluster’s', () => {
  const elsewhere = object('shop-api', 'api', {
    env: [
      { name: 'AWS_ENDPOINT_URL_S3', value: 'https://s3.example.com' },
      ...(api.spec.template.spec.containers[0]?.env ?? []).filter(({ name }) => /^(AWS_(ACC|SEC)|S3)/.test(name)),
      { name: 'REDIS_URL', value: 'rediss://cache.example.com:6379/4' },
    ],
  });
  expect(locateLeftStores(left, [], [elsewhere]).stores).toEqual([]);
});

test('claims under volumes of a project that left are found by their names', () => {
  const named = (...names: string[]) => names.map((name) => ({ metadata: { name } }));
  const data = { volumeMounts: [{ name: 'data', mountPath: '/meili_data' }] };
  const search = object('shop-search', 'search', data, { volumeClaimTemplates: named('data', 'dumps') });
  const keeper = object('shop-keeper', 'keeper', data, { replicas: 2, volumeClaimTemplates: named('data') });
  const stateful: Templated = {
    ...keeper,
    metadata: { ...keeper.metadata, labels: { ...keeper.metadata.labels, 'app.kubernetes.io/component': 'stateful' } },
  };
  const web = object('shop-web', 'web', {});
  const volumes = ['shop-web-uploads', 'theirs'].map((claimName) => ({
    name: claimName.replace('shop-web-', ''),
    persistentVolumeClaim: { claimName },
  }));
  const uploading = { ...web, spec: { template: { spec: { ...web.spec.template.spec, volumes } } } };
  const { stores, skipped } = locateLeftStores(left, [search, stateful], [uploading]);
  expect(skipped).toEqual([]);
  expect(stores.map(({ server, isWorkloads = false }) => [server.claim, isWorkloads])).toEqual([
    ['data-shop-search-0', false],
    ['dumps-shop-search-0', false],
    ['data-shop-keeper-0', true],
    ['data-shop-keeper-1', true],
    ['shop-web-uploads', true],
  ]);
});
