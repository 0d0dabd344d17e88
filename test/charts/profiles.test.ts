import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Connection } from '../../charts/common/connection.ts';
import { globalKinds, serviceKinds } from '../../charts/kinds.ts';
import { type PresetName, presetNames } from '../../charts/model.ts';
import { connections, isManaged } from '../../charts/wiring.ts';
import { declareEnvironment, declareProject, type GivenProject } from './declared.ts';
import { type FixtureNamespace, fixtureNamespaces } from './fixtures.ts';
import { containerOf, environmentOf, identity, type Workload, workloads } from './objects.ts';

const namespaces: Record<PresetName, readonly FixtureNamespace[]> = { local: [], external: [], production: [] };
beforeAll(async () => {
  for (const profile of presetNames) namespaces[profile] = await fixtureNamespaces(profile);
});

const find = (profile: PresetName, name: string): FixtureNamespace => {
  const found = namespaces[profile].find((each) => each.name === name);
  if (!found) throw new TypeError(`no namespace ${name}`);
  return found;
};
const imagesOf = ({ pod }: Workload) =>
  [...(pod.initContainers ?? []), ...pod.containers].map(({ image }) => image ?? '');
const tools = /pgadmin|redis-?insight|redis-commander/;

describe('a managed service', () => {
  const managedServices = (profile: PresetName) =>
    namespaces[profile].flatMap(({ environment, profile: settings, project, objects }) =>
      (project ? project.services : environment.services)
        .filter((service) => isManaged(settings, service))
        .map((service) => ({ service, objects })),
    );

  test.each(['external', 'production'] as const)('has no objects at all in the %s profile', (profile) => {
    expect(managedServices(profile).length).toBeGreaterThan(1);
    for (const { service, objects } of managedServices(profile))
      expect(objects.map(identity).filter((each) => each.split('/')[1]?.startsWith(service.object))).toEqual([]);
  });

  test('is waited for by no pod', () => {
    const awaited = (profile: PresetName) =>
      workloads(find(profile, 'billing').objects).flatMap(({ pod }) =>
        (pod.initContainers ?? []).map(({ name }) => name),
      );
    expect(awaited('local')).toContain('wait-postgres');
    expect(awaited('external')).not.toContain('wait-postgres');
  });

  test('is none in the local profile', () => {
    expect(managedServices('local')).toEqual([]);
  });

  test('the global tier is empty where all of its services are managed', () => {
    expect(find('external', 'polyglot').objects.map(identity)).toEqual(['Namespace/polyglot']);
  });
});

describe('what a service gives to the workloads that use it', () => {
  // Every kind that gives something, two of them under a name of their own.
  const given: GivenProject = {
    uses: { redis: { database: 1 }, minio: { buckets: ['raw-cards'] } },
    services: {
      postgres: {},
      reports: { kind: 'postgres' },
      immudb: {},
      ledger: { kind: 'immudb' },
      search: { kind: 'container', image: 'getmeili/meilisearch:v1.15', port: 7700 },
      queue: { kind: 'rabbitmq' },
      pool: { kind: 'pgbouncer', server: 'reports' },
      mail: { kind: 'mailpit' },
      traces: { kind: 'jaeger' },
      find: { kind: 'opensearch' },
      cassandra: {},
      prometheus: {},
    },
  };
  const project = declareProject(given);
  const environment = declareEnvironment([project]);
  const here = connections(environment, environment.profiles.local, project);
  const everything = [
    'redis',
    'minio',
    'postgres',
    'immudb',
    'container',
    'rabbitmq',
    'pgbouncer',
    'mailpit',
    'jaeger',
    'opensearch',
    'cassandra',
    'prometheus',
  ];
  const elsewhere = connections(environment, { ...environment.profiles.external, managed: everything }, project);
  const names = [...here.keys()];
  const of = (map: ReadonlyMap<string, Connection>, name: string): Connection => map.get(name) as Connection;

  test('is looked at for every kind that gives something', () => {
    const kinds = Object.entries({ ...globalKinds, ...serviceKinds }).flatMap(([kind, { connect }]) =>
      connect ? [kind] : [],
    );
    expect(kinds.sort()).toEqual([...everything].sort());
    expect(names).toEqual([...Object.keys(given.uses ?? {}), ...Object.keys(given.services ?? {})]);
  });

  test.each(names)('%s: the same promises, in the cluster or not', (name) => {
    expect(of(here, name).promises.length).toBeGreaterThan(0);
    expect(of(elsewhere, name).promises).toEqual(of(here, name).promises);
  });

  test.each(names)('%s: in the cluster each promise is a variable', (name) => {
    const { promises, variables } = of(here, name);
    expect(variables.map((variable) => variable.name)).toEqual(expect.arrayContaining([...promises]));
  });

  test.each(names)('%s: a managed one has a Secret with each promise, and each is a variable from there', (name) => {
    const { promises, variables, secret } = of(elsewhere, name);
    expect(secret.keys.map(({ key }) => key)).toEqual(promises);
    expect(variables).toEqual(promises.map((key) => ({ name: key, secret: secret.name, key })));
  });

  test.each(names)('%s: its check asks with promised variables only, so that it works on a managed one', (name) => {
    const { ready, promises } = of(here, name);
    // Those that the script sets itself are in small letters, or exported by it.
    const asked = [...ready.script.matchAll(/\$\{?([A-Z][A-Z0-9_]+)/g)].map(([, variable]) => variable);
    expect(promises).toEqual(expect.arrayContaining(asked));
  });

  test.each(names)('%s: every Secret that its variables name is said to be needed, with that key', (name) => {
    for (const connection of [of(here, name), of(elsewhere, name)]) {
      for (const variable of connection.variables) {
        if ('value' in variable) continue;
        expect(variable.secret).toBe(connection.secret.name);
        expect(connection.secret.keys.map(({ key }) => key)).toContain(variable.key);
      }
    }
  });

  test('no two services of a project promise the same variable', () => {
    const all = [...here.values()].flatMap(({ promises }) => promises);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the containers of the fixtures', () => {
  const variablesOf = (profile: PresetName, namespace: string, workload: string) =>
    environmentOf(containerOf(find(profile, namespace).objects, workload));

  test.each([
    ['status', 'status-probe', ['REDIS_URL', 'WEBHOOK_URL', 'STREAM', 'GROUP']],
    [
      'billing',
      'billing-invoices',
      [
        'REDIS_URL',
        'AWS_ENDPOINT_URL_S3',
        'S3_BUCKET_PRICE_LISTS',
        'DATABASE_URL',
        'REPORTS_DATABASE_URL',
        'IMMUDB_ADDRESS',
      ],
    ],
    ['search', 'search-smoke', ['MEILISEARCH_URL', 'MEILISEARCH_HOST', 'MEILISEARCH_PORT', 'MEILI_MASTER_KEY']],
    ['web', 'web-page', ['STATUS_API_URL']],
  ])('%s: %s finds the same variables in every profile', (namespace, workload, names) => {
    for (const profile of presetNames)
      expect(Object.keys(variablesOf(profile, namespace, workload))).toEqual(expect.arrayContaining(names));
  });

  test('a managed service is found by its Secret, under the name of the variable', () => {
    expect(variablesOf('external', 'billing', 'billing-invoices')).toMatchObject({
      REDIS_URL: 'secret billing-redis/REDIS_URL',
      DATABASE_URL: 'secret billing-postgres/DATABASE_URL',
      REPORTS_DATABASE_URL: 'secret billing-reports/REPORTS_DATABASE_URL',
      AWS_ENDPOINT_URL_S3: 'secret billing-minio/AWS_ENDPOINT_URL_S3',
    });
  });

  test('one service of a project can be managed and another not', () => {
    expect(variablesOf('production', 'billing', 'billing-invoices')).toMatchObject({
      DATABASE_URL: expect.stringContaining('billing-postgres.billing.svc'),
      REPORTS_DATABASE_URL: 'secret billing-reports/REPORTS_DATABASE_URL',
    });
  });

  test("a project's own chart is told where a service is", () => {
    const watched = (profile: PresetName) => variablesOf(profile, 'search', 'search-watch').MEILISEARCH_URL;
    expect(watched('local')).toBe('http://search-meilisearch.search.svc:7700');
    expect(watched('external')).toBe('secret search-meilisearch/MEILISEARCH_URL');
  });
});

describe('the status monitor', () => {
  test('is an API and three workers that are scaled one by one', () => {
    expect(
      find('local', 'status').workloads.map(({ name, object }) => [
        name,
        (object.spec as { replicas: number }).replicas,
      ]),
    ).toEqual([
      ['status-api', 2],
      ['status-probe', 3],
      ['status-aggregate', 1],
      ['status-notify', 2],
    ]);
  });

  test.each(presetNames)('lives without PostgreSQL in the cluster, %s', (profile) => {
    expect(find(profile, 'status').objects.map(({ kind }) => kind)).not.toContain('StatefulSet');
  });

  test('needs no shell: its probes are HTTP, and production does not drain it', () => {
    for (const { pod } of find('production', 'status').workloads) {
      expect(pod.containers[0]?.livenessProbe?.exec).toBeUndefined();
      expect(pod.containers[0]?.lifecycle).toBeUndefined();
    }
  });
});

describe('production', () => {
  test('has none of the tools for development, which the local profile has', () => {
    const names = (profile: PresetName) =>
      namespaces[profile].flatMap(({ objects }) => objects.map(identity)).filter((name) => tools.test(name));
    expect(names('local').length).toBeGreaterThan(2);
    expect(names('production')).toEqual([]);
  });

  test("has the projects' images by registry and tag", () => {
    const images = namespaces.production.flatMap(({ workloads }) => workloads.flatMap(imagesOf));
    expect(images.filter((image) => image.includes(':local'))).toEqual([]);
    expect(new Set(images.filter((image) => image.startsWith('registry.example.com/polyglot/')))).toEqual(
      new Set(
        ['billing-app', 'status-monitor', 'web-page'].map((name) => `registry.example.com/polyglot/${name}:2.3.0`),
      ),
    );
  });

  test.each(['local', 'external'] as const)('while %s has those that are built there', (profile) => {
    const images = namespaces[profile].flatMap(({ workloads }) => workloads.flatMap(imagesOf));
    expect(images).toEqual(expect.arrayContaining(['billing-app:local', 'status-monitor:local', 'web-page:local']));
    expect(images.filter((image) => image.startsWith('registry.example.com'))).toEqual([]);
  });

  test("has what a project's own chart makes only there", () => {
    const has = (profile: PresetName) =>
      find(profile, 'search').objects.map(identity).includes('PodDisruptionBudget/search-meilisearch');
    expect(presetNames.map(has)).toEqual([false, false, true]);
  });
});
