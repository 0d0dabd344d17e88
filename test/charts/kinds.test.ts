import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import type { ServiceKind, WorkloadKind } from '../../charts/common/kind.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { declareProject, type Given, known } from './declared.ts';

/** What each kind requires. */
const minimal: Readonly<Record<string, Given>> = {
  container: { image: 'getmeili/meilisearch:v1.15', port: 7700 },
  http: { port: 8000 },
  'celery-worker': { app: 'shop.worker' },
  'celery-beat': { app: 'shop.worker' },
  worker: { health: { tcp: 9000 } },
  statefulset: { health: { tcp: 9000 } },
  cronjob: { schedule: '@daily' },
};

/** The kinds that the issue of the project names, and no other; a new one is a line here. */
const names = {
  services: [
    'cassandra',
    'container',
    'immudb',
    'jaeger',
    'mailpit',
    'minio',
    'opensearch',
    'pgadmin',
    'pgbouncer',
    'postgres',
    'prometheus',
    'rabbitmq',
    'redis',
    'redis-commander',
    'redis-insight',
  ],
  global: ['minio', 'redis', 'redis-commander', 'redis-insight'],
  workloads: ['celery-beat', 'celery-worker', 'cronjob', 'http', 'job', 'statefulset', 'worker'],
};

const tables = { services: serviceKinds, global: globalKinds, workloads: workloadKinds };
const kinds = Object.values(tables).flatMap((table) => Object.entries<ServiceKind | WorkloadKind>(table));

/** The fields of a schema and of those inside it, as `a.b`. */
function fields(schema: z.ZodType, path = ''): [string, z.ZodType][] {
  const { shape, innerType } = schema._zod.def as unknown as {
    shape?: Record<string, z.ZodType>;
    innerType?: z.ZodType;
  };
  if (innerType) return fields(innerType, path);
  return Object.entries(shape ?? {}).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    return [[here, field] as [string, z.ZodType], ...fields(field, here)];
  });
}

const descriptionOf = (schema: z.ZodType): string | undefined =>
  schema.description ??
  ((schema._zod.def as unknown as { innerType?: z.ZodType }).innerType
    ? descriptionOf((schema._zod.def as unknown as { innerType: z.ZodType }).innerType)
    : undefined);

test.each(Object.entries(tables))('%s: these kinds', (table, entries) => {
  expect(Object.keys(entries).sort()).toEqual(names[table as keyof typeof names]);
});

describe.each(kinds)('%s', (name, kind) => {
  test('has a summary that is a sentence or more', () => {
    expect(kind.summary).toMatch(/^(?:[A-Z]|immudb|pgAdmin).*\.$/);
  });

  test('has a component that can be the value of a label', () => {
    expect(kind.component).toMatch(/^[a-z][-a-z]*[a-z]$/);
  });

  test('is valid with what it requires, and complete then', () => {
    expect(kind.schema.safeParse(minimal[name] ?? {}).error).toBeUndefined();
  });

  test('refuses a field that it does not know', () => {
    const { error } = kind.schema.safeParse({ ...minimal[name], replcias: 2 });
    expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['replcias'] }]);
  });

  test('describes each of its fields with a sentence', () => {
    const bare = fields(kind.schema).filter(([, field]) => !/^[A-Z`].*\.$/s.test(descriptionOf(field) ?? ''));
    // Groups of `resources`, whose fields say it all.
    expect(bare.map(([path]) => path).filter((path) => !/^resources\.(requests|limits)$/.test(path))).toEqual([]);
  });
});

test.each(Object.entries(minimal))('%s requires %j', (name, given) => {
  const { schema } = known<ServiceKind | WorkloadKind>(Object.fromEntries(kinds), name);
  for (const field of Object.keys(given)) {
    const { [field]: _, ...rest } = given;
    expect([field, schema.safeParse(rest).success]).toEqual([field, false]);
  }
});

test('ports have names that Kubernetes takes, once in each kind', () => {
  const names = kinds.map(([name, kind]) =>
    kind.ports(kind.schema.parse(minimal[name] ?? {})).map((port) => port.name),
  );
  expect(names.flat().length).toBeGreaterThan(10);
  expect(names.flat().filter((name) => !/^[a-z][-a-z0-9]{0,14}$/.test(name))).toEqual([]);
  expect(names.filter((each) => new Set(each).size < each.length)).toEqual([]);
});

test('an image of a compose file stands for one kind', () => {
  const services = Object.values<ServiceKind>(serviceKinds);
  const images = services.flatMap(({ compose }) => [...(compose?.images ?? []), ...Object.keys(compose?.spared ?? {})]);
  expect(images.length).toBeGreaterThan(8);
  expect(images.filter((image, index) => images.indexOf(image) !== index)).toEqual([]);
  // Any other image is a service of the kind `container`.
  expect(services.filter(({ compose }) => !compose)).toEqual([serviceKinds.container]);
});

describe('the global tier', () => {
  test('has Redis, MinIO and Redis Insight without a word, and Redis Commander if it is named', () => {
    expect(Object.values(globalKinds).map(({ field, enabled }) => [field, enabled])).toEqual([
      ['redis', true],
      ['minio', true],
      ['redisInsight', true],
      ['redisCommander', false],
    ]);
  });

  test('what projects use has a schema for what they say, and a connection', () => {
    for (const { use, connect } of Object.values(globalKinds)) expect(use === undefined).toBe(connect === undefined);
  });

  test('its ports on the machine are the well-known ones', () => {
    const ports = Object.values(globalKinds).flatMap((kind) => kind.ports(kind.schema.parse({})));
    expect(ports.map(({ hostPort }) => hostPort)).toEqual([6379, 9000, 9001, 5540, 8081]);
  });

  test.each([
    ['redis', { database: -1 }],
    ['redis', {}],
    ['minio', { buckets: [] }],
    ['minio', { buckets: ['Raw'] }],
    ['minio', { buckets: ['raw', 'raw'] }],
  ])('%s refuses to be used with %j', (name, use) => {
    expect(known(globalKinds, name).use?.safeParse(use).success).toBe(false);
  });
});

test('the controller that a kind names is the one that it makes', () => {
  const project = declareProject({ services: { container: { ...minimal.container, storage: { path: '/data' } } } });
  expect(serviceKinds.container?.controller(project.services[0]?.settings)).toBe('StatefulSet');
  expect(workloadKinds.job?.controller).toBe('Job');
});
