import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { serviceKinds } from '../../charts/kinds.ts';
import { synthesize } from '../../src/synth/synthesize.ts';
import { type Files, inRepository, paths, text } from './repository.ts';

/** A global tier with one of every kind by a name of its own, and a project that uses all that can be used. */
const open: Files = {
  [paths.environment]: text`
    name: monorepo
    global:
      services:
        catalog: { kind: postgres }
        cache: { kind: redis, eviction: allkeys-lru, persistence: false }
        files: { kind: minio }
        ledger: { kind: immudb }
        mail: { kind: container, image: "axllent/mailpit:v1.21", port: 8025 }
        queue: { kind: rabbitmq }
        letters: { kind: mailpit }
        traces: { kind: jaeger }
        find: { kind: opensearch }
        wide: { kind: cassandra }
        samples: { kind: prometheus }
        pgadmin: {}
        insight: { kind: redis-insight }
        commander: { kind: redis-commander }
    profiles:
      staging: { extends: local, namespacePrefix: staging- }
  `,
  '.env.example': text`
    REDIS_PASSWORD=
    MINIO_ROOT_USER=
    MINIO_ROOT_PASSWORD=
    CATALOG_POSTGRES_PASSWORD=
    CACHE_REDIS_PASSWORD=
    FILES_MINIO_ROOT_USER=
    FILES_MINIO_ROOT_PASSWORD=
    LEDGER_IMMUDB_ADMIN_PASSWORD=
    QUEUE_RABBITMQ_PASSWORD=
    WIDE_CASSANDRA_PASSWORD=
    PGADMIN_PASSWORD=
  `,
  [paths.project]: text`
    name: alpha
    uses:
      catalog: {}
      cache: { database: 3 }
      files: { buckets: [raw] }
      ledger: {}
      mail: {}
      traces: false
      samples: false
    services:
      redis: { eviction: volatile-ttl }
      minio: { buckets: [pictures] }
    workloads:
      api:
        kind: http
        image: "nginx:1.29"
        port: 8000
        after: [catalog, cache, files, ledger, mail, redis, minio]
  `,
  [paths.example]: text`
    FILES_MINIO_SECRET_KEY=
    MINIO_ROOT_USER=
    MINIO_ROOT_PASSWORD=
    MINIO_SECRET_KEY=
    REDIS_PASSWORD=
  `,
  'infra/manifests/banner.yaml': text`
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: banner }
    data: { text: hello }
  `,
};

/** A chart of the global tier, and the packages that it imports. */
const withChart: Files = {
  node_modules: { link: join(import.meta.dirname, '..', '..', 'node_modules') },
  'infra/chart.ts': text`
    import { ApiObject, JsonPatch } from 'cdk8s';
    export default (chart, { environment }) => {
      const labels = { environment: environment.name };
      ApiObject.of(chart.service('catalog')).addJsonPatch(JsonPatch.add('/metadata/annotations', labels));
      const { name, namespace } = { name: 'added', namespace: environment.namespace };
      new ApiObject(chart, 'added', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
    };
  `,
};

interface Container {
  readonly name: string;
  readonly env?: readonly {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[];
}

interface Made {
  readonly objects: readonly ManifestObject[];
  readonly plan: Awaited<ReturnType<typeof synthesize>>['plan'];
}

const made = (profile: string, more: Files = {}): Promise<(namespace: string) => Made> =>
  inRepository({ ...open, ...more }, async (root) => {
    const out = join(root, 'dist');
    const { plan } = await synthesize(root, { profile, out });
    const texts = new Map(
      plan.namespaces.map(({ name, manifest }) => [name, readFileSync(join(out, manifest), 'utf8')]),
    );
    return (namespace) => ({
      plan,
      objects: parseAllDocuments(texts.get(namespace) ?? '').map((each) => each.toJS() as ManifestObject),
    });
  });

const environmentOf = ({ objects }: Made, name: string): Record<string, string | undefined> => {
  const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata?.name === name);
  const spec = found?.spec as { template: { spec: { containers: Container[] } } } | undefined;
  const [container] = spec?.template.spec.containers ?? [];
  return Object.fromEntries(
    (container?.env ?? []).map(({ name, value, valueFrom }) => [
      name,
      value ?? `${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`,
    ]),
  );
};

test('the global tier has services of every kind by name, and its own manifests', async () => {
  const of = await made('local');
  const { objects, plan } = of('monorepo');
  const named = plan.namespaces[0]?.services ?? [];
  expect([...new Set(named.map(({ kind }) => kind))].sort()).toEqual(
    Object.entries(serviceKinds)
      // What stands in front of a service of a project is the project's.
      .flatMap(([kind, { frontOf }]) => (frontOf ? [] : [kind]))
      .sort(),
  );
  const names = (wanted: string) => objects.flatMap(({ kind, metadata }) => (kind === wanted ? [metadata?.name] : []));
  expect(names('ConfigMap')).toEqual(expect.arrayContaining(['banner', 'monorepo-pgadmin-servers']));
  expect(names('StatefulSet').sort()).toEqual(
    [
      'cache',
      'catalog',
      'files',
      'find',
      'ledger',
      'letters',
      'minio',
      'queue',
      'redis',
      'samples',
      'traces',
      'wide',
    ].map((name) => `monorepo-${name}`),
  );
  expect(objects.find(({ metadata }) => metadata?.name === 'banner')?.metadata).toMatchObject({
    namespace: 'monorepo',
    labels: { 'app.kubernetes.io/part-of': 'monorepo', 'repoctl.dev/tier': 'global' },
  });
});

test('the global tier has a chart of its own, which changes and adds', async () => {
  const { objects, plan } = (await made('local', withChart))('monorepo');
  const catalog = objects.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata?.name === 'monorepo-catalog');
  expect(catalog?.metadata).toMatchObject({ annotations: { environment: 'monorepo' } });
  expect(plan.namespaces[0]?.objects.flatMap(({ added, name }) => (added ? [name] : []))).toEqual(['added']);
});

test.each([
  ['local', ''],
  ['staging', 'staging-'],
])('a project gets of each what it uses, under its name: %s', async (profile, prefix) => {
  const of = await made(profile);
  const shop = of(`${prefix}alpha`);
  expect(environmentOf(shop, 'alpha-api')).toEqual({
    CATALOG_POSTGRES_PASSWORD: 'alpha-catalog/POSTGRES_PASSWORD',
    CATALOG_DATABASE_URL: `postgresql://monorepo:$(CATALOG_POSTGRES_PASSWORD)@monorepo-catalog.${prefix}monorepo.svc:5432/monorepo`,
    CACHE_REDIS_PASSWORD: 'alpha-cache/REDIS_PASSWORD',
    CACHE_REDIS_URL: `redis://default:$(CACHE_REDIS_PASSWORD)@monorepo-cache.${prefix}monorepo.svc:6379/3`,
    FILES_AWS_ENDPOINT_URL_S3: `http://monorepo-files.${prefix}monorepo.svc:9000`,
    FILES_AWS_REGION: 'us-east-1',
    FILES_AWS_ACCESS_KEY_ID: 'alpha',
    FILES_AWS_SECRET_ACCESS_KEY: 'alpha-files/MINIO_SECRET_KEY',
    FILES_S3_BUCKET_RAW: 'alpha-raw',
    LEDGER_IMMUDB_ADDRESS: `monorepo-ledger.${prefix}monorepo.svc:3322`,
    LEDGER_IMMUDB_USER: 'immudb',
    LEDGER_IMMUDB_PASSWORD: 'alpha-ledger/IMMUDB_ADMIN_PASSWORD',
    LEDGER_IMMUDB_DATABASE: 'defaultdb',
    MAIL_HOST: `monorepo-mail.${prefix}monorepo.svc`,
    MAIL_PORT: '8025',
    MAIL_URL: `http://monorepo-mail.${prefix}monorepo.svc:8025`,
    REDIS_PASSWORD: 'alpha-redis/REDIS_PASSWORD',
    REDIS_URL: `redis://default:$(REDIS_PASSWORD)@alpha-redis.${prefix}alpha.svc:6379/0`,
    AWS_ENDPOINT_URL_S3: `http://alpha-minio.${prefix}alpha.svc:9000`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'alpha',
    AWS_SECRET_ACCESS_KEY: 'alpha-minio-users/alpha',
    S3_BUCKET_PICTURES: 'alpha-pictures',
  });
  const planned = shop.plan.namespaces.find(({ project }) => project === 'alpha');
  const files = new Map(
    planned?.secrets.map(({ name, keys }) => [name, keys.map(({ file, variable }) => `${file} ${variable}`)]),
  );
  const own = 'backends/svc-a/infra/.env';
  expect(Object.fromEntries(files)).toEqual({
    'alpha-catalog': ['.env CATALOG_POSTGRES_PASSWORD'],
    'alpha-cache': ['.env CACHE_REDIS_PASSWORD'],
    'alpha-files': [`${own} FILES_MINIO_SECRET_KEY`],
    'alpha-ledger': ['.env LEDGER_IMMUDB_ADMIN_PASSWORD'],
    'alpha-redis': [`${own} REDIS_PASSWORD`],
    'alpha-minio': [`${own} MINIO_ROOT_USER`, `${own} MINIO_ROOT_PASSWORD`],
    'alpha-minio-users': [`${own} MINIO_SECRET_KEY`],
  });
});

test('a console shows every server of its kind in the namespace', async () => {
  const tier = (await made('local'))('monorepo');
  expect(environmentOf(tier, 'monorepo-insight')).toMatchObject({
    RI_REDIS_HOST: 'monorepo-redis.monorepo.svc',
    RI_REDIS_HOST_1: 'monorepo-cache.monorepo.svc',
    RI_REDIS_PASSWORD_1: 'monorepo-cache/REDIS_PASSWORD',
  });
  expect(environmentOf(tier, 'monorepo-commander')).toMatchObject({
    PASSWORD_1: 'monorepo-cache/REDIS_PASSWORD',
    REDIS_HOSTS:
      'monorepo-redis:monorepo-redis.monorepo.svc:6379:0:$(PASSWORD_0),monorepo-cache:monorepo-cache.monorepo.svc:6379:0:$(PASSWORD_1)',
  });
});
