import { describe, expect, test } from '@jest/globals';
import type { ServiceKind } from '../../../charts/common/kind.ts';
import { pgadmin } from '../../../charts/constructs/pgadmin.ts';
import { redisCommander } from '../../../charts/constructs/redis-commander.ts';
import { redisInsight } from '../../../charts/constructs/redis-insight.ts';
import { type Given, globalObjectsOf, projectObjectsOf } from '../declared.ts';
import { describeFields, type FieldCase } from '../fields.ts';
import { containerOf, environmentOf, identity, type Objects, one, podOf } from '../objects.ts';

interface Console {
  /** Name of its objects. */
  readonly name: string;
  readonly kind: Pick<ServiceKind, 'schema' | 'ports'>;
  /** The objects of a namespace with it and, unless told otherwise, a server that it shows. */
  readonly build: (settings?: Given, options?: Parameters<typeof globalObjectsOf>[1]) => Objects;
  readonly buildAlone: () => Objects;
  readonly port: number;
  readonly folder: string;
  readonly user: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly health: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly image: string;
  readonly limits: { readonly cpu: string; readonly memory: string };
  /** Of the fields that not all consoles have. */
  readonly fields?: Readonly<Record<string, FieldCase>>;
}

const redisConsole = (kind: string): Pick<Console, 'build' | 'buildAlone'> => ({
  build: (settings = {}, options = {}) => globalObjectsOf({ redis: {}, [kind]: settings }, options),
  buildAlone: () => globalObjectsOf({ redis: {}, [kind]: {} }, { profile: 'external' }),
});

const consoles: readonly Console[] = [
  {
    name: 'dev-redis-insight',
    kind: redisInsight,
    ...redisConsole('redis-insight'),
    port: 5540,
    folder: '/data',
    user: { runAsUser: 1000, runAsGroup: 1000 },
    health: '/api/health/',
    environment: {
      RI_REDIS_HOST: 'dev-redis.dev.svc',
      RI_REDIS_PORT: '6379',
      RI_REDIS_ALIAS: 'dev-redis',
      RI_REDIS_PASSWORD: 'secret dev-redis/REDIS_PASSWORD',
      // It asks nobody to accept terms, and writes no log files.
      RI_ACCEPT_TERMS_AND_CONDITIONS: 'true',
      RI_FILES_LOGGER: 'false',
    },
    image: 'redis/redisinsight:2.72.0',
    limits: { cpu: '1', memory: '512Mi' },
  },
  {
    name: 'dev-redis-commander',
    kind: redisCommander,
    ...redisConsole('redis-commander'),
    port: 8081,
    folder: '/redis-commander/config',
    user: { runAsUser: 1000, runAsGroup: 0 },
    // A route that needs no Redis.
    health: '/favicon.png',
    environment: {
      REDIS_HOST: 'dev-redis.dev.svc',
      REDIS_PORT: '6379',
      REDIS_LABEL: 'dev-redis',
      REDIS_PASSWORD: 'secret dev-redis/REDIS_PASSWORD',
      PORT: '8081',
    },
    image: 'ghcr.io/joeferner/redis-commander:0.9.1',
    limits: { cpu: '500m', memory: '256Mi' },
  },
  {
    name: 'shop-pgadmin',
    kind: pgadmin,
    build: (settings = {}, options = {}) =>
      projectObjectsOf({ services: { postgres: {}, pgadmin: settings } }, options),
    buildAlone: () => projectObjectsOf({ services: { pgadmin: {} } }),
    port: 5050,
    folder: '/var/lib/pgadmin',
    // A port of the user's own needs no capability.
    user: { runAsUser: 5050, runAsGroup: 0 },
    health: '/misc/ping',
    environment: {
      PGADMIN_DEFAULT_EMAIL: 'admin@example.com',
      PGADMIN_DEFAULT_PASSWORD: 'secret shop-pgadmin/PGADMIN_PASSWORD',
      PGADMIN_LISTEN_PORT: '5050',
      PGADMIN_SERVER_JSON_FILE: '/pgadmin4/servers/servers.json',
      PGADMIN_CUSTOM_CONFIG_DISTRO_FILE: '/tmp/config_distro.py',
    },
    image: 'dpage/pgadmin4:9.10',
    limits: { cpu: '1', memory: '512Mi' },
    fields: {
      email: {
        given: 'dba@example.org',
        seen: (objects) => environmentOf(containerOf(objects, 'shop-pgadmin')).PGADMIN_DEFAULT_EMAIL,
        expected: 'dba@example.org',
      },
    },
  },
];

describe.each(consoles)('$name', ({ name, kind, build, buildAlone, ...expected }) => {
  const objects = build();

  test('is a Deployment of one pod that is never doubled, and a Service', () => {
    const { spec } = one(objects, 'Deployment', name);
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(one(objects, 'Service', name).spec.ports).toMatchObject([{ name: 'http', port: expected.port }]);
  });

  test('knows its servers, with their passwords where it takes them', () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject(expected.environment);
  });

  test('writes to its own folder only, as the user and group of the image', () => {
    expect(containerOf(objects, name).volumeMounts).toContainEqual({ name: 'data', mountPath: expected.folder });
    expect(podOf(objects, name).volumes).toContainEqual({ name: 'data', emptyDir: {} });
    expect(podOf(objects, name).securityContext).toMatchObject(expected.user);
  });

  test('its probes ask its own health route', () => {
    const { readinessProbe, livenessProbe } = containerOf(objects, name);
    const { health: path, port } = expected;
    expect([readinessProbe, livenessProbe]).toMatchObject([{ httpGet: { path, port } }, { httpGet: { path, port } }]);
  });

  describeFields(kind, {}, (settings) => build(settings), {
    image: {
      given: expected.image,
      seen: (made) => containerOf(made, name).image,
      expected: expected.image,
    },
    hostPort: { given: 10_000 + expected.port, seen: (_, hostPorts) => hostPorts, expected: [10_000 + expected.port] },
    resources: {
      given: { limits: { cpu: '3' } },
      seen: (made) => containerOf(made, name).resources.limits,
      expected: { ...expected.limits, cpu: '3' },
    },
    ...expected.fields,
  });

  test.each(['external', 'production'] as const)('is not there in the %s profile', (profile) => {
    expect(build({}, { profile }).map(identity)).not.toContain(`Deployment/${name}`);
  });

  test('is not there without a server in the cluster', () => {
    expect(buildAlone().map(identity)).toEqual([expect.stringMatching(/^Namespace\//)]);
  });
});
