import { expect, test } from '@jest/globals';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { mirrored, pulled } from '../../charts/common/image-pull.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Profile } from '../../charts/model.ts';
import { resolveProfiles } from '../../src/config/profiles.ts';
import { declareEnvironment, declareProject } from './declared.ts';

const hub = { mirror: { 'docker.io': 'registry.corp/hub', '*': 'registry.corp/all' }, secrets: [] };

test.each([
  ['busybox:1.37.0', 'registry.corp/hub/library/busybox:1.37.0'],
  ['docker.io/library/busybox:1.37.0', 'registry.corp/hub/library/busybox:1.37.0'],
  ['pgsty/mc:1', 'registry.corp/hub/pgsty/mc:1'],
  ['ghcr.io/joeferner/redis-commander:0.9.0', 'registry.corp/all/joeferner/redis-commander:0.9.0'],
  ['localhost/a:1', 'registry.corp/all/a:1'],
  ['quay.io:8443/a/b@sha256:0', 'registry.corp/all/a/b@sha256:0'],
  ['registry.corp/hub/library/busybox:1.37.0', 'registry.corp/hub/library/busybox:1.37.0'],
  ['shop-app:local', 'shop-app:local'],
  ['registry.example.com/team/shop-app:1', 'registry.example.com/team/shop-app:1'],
])('%s is %s', (reference, expected) => {
  expect(mirrored(reference, { ...hub, registry: 'registry.example.com/team' })).toBe(expected);
});

test('what no mirror is said for stays as it is', () => {
  expect(mirrored('ghcr.io/a/b:1', { mirror: { 'docker.io': 'registry.corp' }, secrets: [] })).toBe('ghcr.io/a/b:1');
});

test.each<ManifestObject>([
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { image: 'busybox:1', containers: '[]' } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { template: 'none' } },
])('what has no pods, or not their form, stays as it is: %j', (object) => {
  expect(pulled(object, hub)).toEqual(object);
});

test('a Cluster of CloudNativePG has the image of its instances from the mirror, locked, with policy and login', () => {
  const cluster = {
    ...typeMeta('Cluster'),
    metadata: { name: 'shop-postgres' },
    spec: { instances: 3, imageName: 'postgres:16' },
  };
  const image = 'registry.corp/hub/library/postgres:16';
  const digest = `sha256:${'a'.repeat(64)}`;
  const pull = { ...hub, secrets: ['login'], policy: 'Always' as const, locked: { [image]: digest } };
  expect(pulled(cluster, pull).spec).toEqual({
    instances: 3,
    imageName: `${image}@${digest}`,
    imagePullPolicy: 'Always',
    imagePullSecrets: [{ name: 'login' }],
  });
  expect(pulled({ ...cluster, apiVersion: 'cluster.x-k8s.io/v1beta1' }, pull).spec).toEqual(cluster.spec);
});

const project = {
  ...declareProject({
    images: { app: [] },
    uses: { redis: { database: 0 }, minio: { buckets: ['raw'] } },
    services: {
      postgres: {},
      immudb: {},
      pgadmin: {},
      redis2: { kind: 'redis' },
      files: { kind: 'minio', buckets: ['a'] },
      'redis-insight': {},
      'redis-commander': {},
      search: { kind: 'container', image: 'getmeili/meilisearch:v1.15', port: 7700 },
      pgbouncer: {},
      rabbitmq: {},
      opensearch: {},
      cassandra: {},
      mailpit: {},
      jaeger: {},
      prometheus: {},
    },
    workloads: {
      api: { kind: 'http', port: 8000, after: ['redis', 'minio', 'postgres', 'immudb', 'search', 'migrate'] },
      web: { kind: 'http', port: 8000, image: 'nginx:1.29', after: ['api'] },
      migrate: { kind: 'job', check: ['true'] },
      nightly: { kind: 'cronjob', schedule: '@daily' },
      tail: { kind: 'worker', health: { tcp: 1 } },
      shards: { kind: 'statefulset', health: { tcp: 9000 } },
      'celery-worker': { app: 'a.b' },
      'celery-beat': { app: 'a.b' },
    },
    manifests: [
      {
        path: 'infra/manifests/a.yaml',
        objects: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'extra' },
            spec: {
              imagePullSecrets: [{ name: 'own' }],
              containers: [
                {
                  name: 'extra',
                  image: 'quay.io/a/b:1',
                  resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } },
                },
              ],
            },
          },
        ],
      },
    ],
  }),
  pullSecrets: ['team'],
};
const declared = declareEnvironment([project], { redis: {}, minio: {}, 'redis-insight': {}, 'redis-commander': {} });
const pull = { mirror: 'registry.corp/hub', secrets: ['login'], policy: 'Always' as const };
const profiles = resolveProfiles(
  {
    local: { pull },
    production: { images: { registry: 'registry.corp/team', tag: '1.0.0' }, pull },
    pinned: {
      extends: 'production',
      images: { digests: { 'shop-app': `sha256:${'a'.repeat(64)}` } },
      pull: { policy: 'Never' },
    },
  },
  0,
);
const environment = { ...declared, profiles };

interface Pod {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly image: string; readonly imagePullPolicy: string }[];
  readonly containers: readonly { readonly image: string; readonly imagePullPolicy: string }[];
}

/** Every map with containers, wherever it is. */
function podsIn(value: unknown): Pod[] {
  if (typeof value !== 'object' || value === null) return [];
  const here = 'containers' in value && Array.isArray(value.containers) ? [value as unknown as Pod] : [];
  return [...here, ...Object.values(value).flatMap(podsIn)];
}

const madeIn = (profile: Profile) => ({
  tier: globalObjects(environment, profile),
  own: projectObjects(environment, profile, project),
});
const containersOf = (pods: readonly Pod[]) =>
  pods.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);

test('the configuration has every kind', () => {
  const kinds = [...environment.services, ...project.services, ...project.workloads].map(({ kind }) => kind);
  expect([...new Set(kinds)].sort()).toEqual([...Object.keys(serviceKinds), ...Object.keys(workloadKinds)].sort());
});

test.each(['local', 'production'] as const)('every image of every object is below the mirror or built: %s', (name) => {
  const { tier, own } = madeIn(profiles[name]);
  expect([...tier.nonconformities, ...own.nonconformities]).toEqual([]);
  const pods = [...tier.objects, ...own.objects].flatMap(podsIn);
  const all = containersOf(pods);
  expect(all.length).toBeGreaterThan(20);
  const built = name === 'local' ? 'shop-app:local' : 'registry.corp/team/shop-app:1.0.0';
  const images = [...new Set(all.map(({ image }) => image))];
  expect(images).toContain(built);
  expect(images.filter((image) => image !== built && !image.startsWith('registry.corp/hub/'))).toEqual([]);
  expect(images).toEqual(
    expect.arrayContaining(['registry.corp/hub/library/busybox:1.37.0', 'registry.corp/hub/a/b:1']),
  );
  // What is built on this machine is in no registry.
  const policies = all.map(({ image, imagePullPolicy }) => image.endsWith(':local') || imagePullPolicy === 'Always');
  expect(policies.filter((right) => !right)).toEqual([]);
  expect(all.filter(({ image }) => image.endsWith(':local')).map((each) => each.imagePullPolicy)).not.toContain(
    'Always',
  );
});

test('pods have the Secrets of the profile, of the project and their own', () => {
  const { tier, own } = madeIn(profiles.production);
  const secrets = (objects: readonly ManifestObject[]) =>
    new Set(
      objects.flatMap(podsIn).map(({ imagePullSecrets = [] }) => imagePullSecrets.map(({ name }) => name).join()),
    );
  expect(secrets(tier.objects)).toEqual(new Set(['login']));
  expect(secrets(own.objects)).toEqual(new Set(['login,team', 'own,login,team']));
});

test('a digest stands in place of the tag, and what a profile does not say of pulling is that of the one it extends', () => {
  const { pinned } = profiles;
  const { own } = madeIn(pinned as Profile);
  const images = containersOf(own.objects.flatMap(podsIn));
  expect(images.map(({ image }) => image)).toContain(`registry.corp/team/shop-app@sha256:${'a'.repeat(64)}`);
  expect(new Set(images.map(({ imagePullPolicy }) => imagePullPolicy))).toEqual(new Set(['Never']));
  expect(pinned?.pull).toEqual({ mirror: { '*': 'registry.corp/hub' }, secrets: ['login'], policy: 'Never' });
});

test('a job that pulls another image has another name, since it can’t be changed', () => {
  const jobs = (profile: Profile) => madeIn(profile).own.jobs.map(({ name }) => name);
  const other = resolveProfiles({ local: { pull: { ...pull, mirror: 'mirror.corp' } } }, 0).local;
  expect(jobs(profiles.local)).not.toEqual(jobs(other));
  for (const job of madeIn(profiles.local).own.jobs)
    expect(madeIn(profiles.local).own.objects.map(({ metadata }) => metadata?.name)).toContain(job.name);
});

test('an image that is locked is named by its tag and digest, as the mirror has it; others are not', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const images = (...given: string[]): ManifestObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { template: { spec: { containers: given.map((image) => ({ name: 'a', image })) } } },
  });
  const locked = { 'registry.corp/hub/library/redis:7': digest, 'redis:7': 'sha256:unused' };
  expect(pulled(images('redis:7', 'redis:6', `redis@${digest}`), { ...hub, locked })).toEqual(
    images(
      `registry.corp/hub/library/redis:7@${digest}`,
      'registry.corp/hub/library/redis:6',
      `registry.corp/hub/library/redis@${digest}`,
    ),
  );
});
