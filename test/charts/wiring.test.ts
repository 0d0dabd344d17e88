import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../charts/model.ts';
import {
  claimedVariables,
  connections,
  consumers,
  imageReference,
  isManaged,
  secrets,
  servicesInCluster,
  variables,
  waits,
} from '../../charts/wiring.ts';
import { declareEnvironment, declareProject, type GivenProject } from './declared.ts';

const project = declareProject({
  uses: { redis: { database: 1 }, minio: { buckets: ['invoices'] } },
  links: ['status/api'],
  env: { COLOUR: 'red', SIZE: 'small' },
  secrets: ['STRIPE_API_KEY'],
  services: { postgres: {}, reports: { kind: 'postgres' }, pgadmin: {} },
  workloads: {
    migrate: { kind: 'job' },
    api: { kind: 'http', port: 80, env: { SIZE: 'big', API: 'on $(DATABASE_URL)' } },
  },
});
const status = declareProject({
  name: 'status',
  workloads: { api: { kind: 'http', port: 8080 }, tail: { kind: 'worker', health: { tcp: 1 } } },
});
const environment = declareEnvironment([project, status]);
const { local, external, production } = environment.profiles;
const [redis, minio] = environment.services;
const [postgres, reports] = project.services;
const [migrate, api] = project.workloads;
if (!redis || !minio || !postgres || !reports || !migrate || !api) throw new TypeError('expected them');

const managing = (...managed: string[]): Profile => ({ ...external, managed });

describe('a service is managed', () => {
  test.each<[string, Profile, boolean]>([
    ['not locally', local, false],
    ['by its kind', managing('postgres'), true],
    ['by its name', managing('shop/reports'), true],
    ['not by the name of another', managing('shop/postgres'), false],
    ['not by the kind of another', managing('redis'), false],
    ["not by another project's", managing('status/reports'), false],
  ])('%s', (_how, profile, expected) => {
    expect(isManaged(profile, reports)).toBe(expected);
  });
});

describe('in the cluster', () => {
  const names = (profile: Profile) => servicesInCluster(profile, project.services).map(({ name }) => name);

  test('are all services locally', () => {
    expect(names(local)).toEqual(['postgres', 'reports', 'pgadmin']);
  });

  test('is a tool only in development, and beside a service that it shows', () => {
    expect(names(production)).toEqual(['postgres', 'reports']);
    expect(names(managing('postgres'))).toEqual([]);
    expect(names(managing('shop/postgres'))).toEqual(['reports', 'pgadmin']);
  });
});

test('consumers are the projects that say they use it', () => {
  expect(consumers(environment, redis)).toEqual([{ project: 'shop', use: { database: 1 } }]);
});

describe('connections', () => {
  test('are to what the project uses, then to its own services; tools give nothing', () => {
    expect([...connections(environment, local, project).keys()]).toEqual(['redis', 'minio', 'postgres', 'reports']);
    expect([...connections(environment, local, status).keys()]).toEqual([]);
  });
});

describe("a workload's environment", () => {
  const connected = connections(environment, local, project);
  const names = variables(environment, project, connected, api).map(({ name }) => name);

  test('is in order: services, other projects, secrets of its own, plain values', () => {
    const order = [
      'REDIS_URL',
      'S3_BUCKET_INVOICES',
      'DATABASE_URL',
      'STATUS_API_URL',
      'STRIPE_API_KEY',
      'COLOUR',
      'API',
    ];
    expect(names.filter((name) => order.includes(name))).toEqual(order);
  });

  const addresses = (workload: Readonly<Record<string, unknown>>) => {
    const other = declareProject({ name: 'far', workloads: { api: workload } });
    const linked = declareProject({ links: ['far/api'], workloads: { web: { kind: 'http', port: 80 } } });
    const declared = declareEnvironment([other, linked]);
    const given = variables(declared, linked, new Map(), linked.workloads[0] as never);
    return given.map((each) => ('value' in each ? `${each.name}=${each.value}` : each.name));
  };

  test.each([
    ['a port for HTTP: its URL', { kind: 'http', port: 80 }, ['FAR_API_URL=http://far-api.far.svc:80']],
    [
      'gRPC beside HTTP: also its host and ports',
      { kind: 'http', port: 80, ports: { grpc: { port: 9090, protocol: 'grpc' } } },
      [
        'FAR_API_URL=http://far-api.far.svc:80',
        'FAR_API_HOST=far-api.far.svc',
        'FAR_API_PORT=80',
        'FAR_API_GRPC_PORT=9090',
      ],
    ],
    [
      'gRPC alone: a URL that says so',
      { kind: 'worker', health: { tcp: 9090 }, ports: { main: { port: 9090, protocol: 'grpc' } } },
      ['FAR_API_URL=grpc://far-api.far.svc:9090', 'FAR_API_HOST=far-api.far.svc', 'FAR_API_PORT=9090'],
    ],
  ])('has of a workload of another project with %s', (_, workload, expected) => {
    expect(addresses(workload)).toEqual(expected);
  });

  test("a workload's plain value counts before the project's", () => {
    expect(variables(environment, project, connected, api)).toContainEqual({ name: 'SIZE', value: 'big' });
    expect(variables(environment, project, connected, migrate)).toContainEqual({ name: 'SIZE', value: 'small' });
  });

  test("the project's own secrets come from its Secret", () => {
    expect(variables(environment, project, connected, api)).toContainEqual({
      name: 'STRIPE_API_KEY',
      secret: 'shop-env',
      key: 'STRIPE_API_KEY',
    });
  });
});

describe('an image', () => {
  test('that is built is local in development, and has registry and tag in production', () => {
    expect(imageReference(local, 'shop', 'app')).toBe('shop-app:local');
    expect(imageReference(external, 'shop', 'app')).toBe('shop-app:local');
    expect(imageReference(production, 'shop', 'app')).toBe('registry.example.com/dev/shop-app:1.2.3');
  });

  test('that is built has a name of its own in each instance of an environment', () => {
    const instance = { ...local, namespacePrefix: 'alice-', namespaceSuffix: '-2' };
    expect(imageReference(instance, 'shop', 'app')).toBe('alice-shop-2-app:local');
    expect(imageReference({ ...production, namespacePrefix: 'staging-' }, 'shop', 'app')).toBe(
      'registry.example.com/dev/shop-app:1.2.3',
    );
  });

  test.each(['nginx:1.29.0', 'ghcr.io/owner/app:1', `nginx@sha256:${'0'.repeat(64)}`])('%s is what it is', (image) => {
    expect(imageReference(production, 'shop', image)).toBe(image);
  });
});

describe('the Secrets of a namespace', () => {
  const names = (profile: Profile) =>
    secrets(environment, profile, project).map(({ name, keys }) => [name, keys.map(({ key }) => key)]);

  test('of a project, locally', () => {
    expect(Object.fromEntries(names(local))).toEqual({
      'shop-postgres': ['POSTGRES_PASSWORD'],
      'shop-reports': ['POSTGRES_PASSWORD'],
      'shop-pgadmin': ['PGADMIN_PASSWORD'],
      'shop-redis': ['REDIS_PASSWORD'],
      'shop-minio': ['MINIO_SECRET_KEY'],
      'shop-env': ['STRIPE_API_KEY'],
    });
  });

  test('of a project, with managed services', () => {
    expect(Object.fromEntries(names(external))).toEqual({
      'shop-postgres': ['DATABASE_URL'],
      'shop-reports': ['REPORTS_DATABASE_URL'],
      'shop-redis': ['REDIS_URL'],
      'shop-minio': [
        'AWS_ENDPOINT_URL_S3',
        'AWS_REGION',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'S3_BUCKET_INVOICES',
      ],
      'shop-env': ['STRIPE_API_KEY'],
    });
  });

  test('of the global tier: with a key for each project that uses MinIO', () => {
    expect(secrets(environment, local).map(({ name, keys }) => [name, keys.map(({ key }) => key)])).toEqual([
      ['dev-redis', ['REDIS_PASSWORD']],
      ['dev-minio', ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD']],
      ['dev-minio-users', ['shop']],
    ]);
    expect(secrets(environment, external)).toEqual([]);
  });

  test("the password of the shared Redis is the environment's, that of a database the project's", () => {
    const owners = secrets(environment, local, project).flatMap(({ keys }) =>
      keys.map(({ variable, owner }) => [variable, owner]),
    );
    expect(Object.fromEntries(owners)).toMatchObject({
      REDIS_PASSWORD: 'dev',
      POSTGRES_PASSWORD: 'shop',
      REPORTS_POSTGRES_PASSWORD: 'shop',
      MINIO_SECRET_KEY: 'shop',
    });
  });

  test('two databases of a project have passwords of their own', () => {
    const variable = (name: string) =>
      secrets(environment, local, project).find((each) => each.name === name)?.keys[0]?.variable;
    expect(variable('shop-reports')).not.toBe(variable('shop-postgres'));
  });
});

test('claimed are the variables of every profile, and none of its own', () => {
  const claimed = claimedVariables(environment, project);
  for (const name of ['POSTGRES_PASSWORD', 'DATABASE_URL', 'REDIS_URL', 'MINIO_SECRET_KEY', 'S3_BUCKET_INVOICES'])
    expect(claimed).toContain(name);
  for (const name of ['STRIPE_API_KEY', 'REDIS_PASSWORD']) expect(claimed).not.toContain(name);
});

describe('what can not be waited for is a bug by now', () => {
  const after = (names: string[], rest: GivenProject['workloads'] = {}) => {
    const waiting = declareProject({ workloads: { ...rest, it: { kind: 'http', port: 80, after: names } } });
    const around = declareEnvironment([waiting, status]);
    const workload = waiting.workloads.at(-1);
    if (!workload) throw new TypeError('expected one');
    return () => waits(around, local, waiting, new Map(), workload);
  };

  test.each<[string, string[], GivenProject['workloads'], string]>([
    ['a workload that serves nothing', ['status/tail'], {}, "status/tail can't be waited for"],
    ['a job without a check', ['migrate'], { migrate: { kind: 'job' } }, "shop/migrate can't be waited for"],
    ['no such workload', ['status/web'], {}, 'no workload status/web'],
    ['no such project', ['news/api'], {}, 'no project news'],
  ])('%s', (_what, names, rest, message) => {
    expect(after(names, rest)).toThrow(message);
  });
});
