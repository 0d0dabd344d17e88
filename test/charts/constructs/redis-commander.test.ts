import { describe, expect, test } from '@jest/globals';
import { redisCommander } from '../../../charts/constructs/redis-commander.ts';
import { type Given, globalObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, identity, one, podOf } from '../objects.ts';

const name = 'dev-redis-commander';
const build = (settings: Given = {}) => globalObjectsOf({ redis: {}, 'redis-commander': settings });

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod that is never doubled, and a Service', () => {
    const { spec } = one(objects, 'Deployment', name);
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(one(objects, 'Service', name).spec.ports).toMatchObject([{ name: 'http', port: 8081 }]);
  });

  test("knows the environment's Redis, with its password", () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      REDIS_HOST: 'dev-redis.dev.svc',
      REDIS_PORT: '6379',
      REDIS_LABEL: 'dev-redis',
      REDIS_PASSWORD: 'secret dev-redis/REDIS_PASSWORD',
      PORT: '8081',
    });
  });

  test('may write its configuration, as the user and group of the image', () => {
    expect(containerOf(objects, name).volumeMounts).toContainEqual({
      name: 'data',
      mountPath: '/redis-commander/config',
    });
    expect(podOf(objects, name).volumes).toContainEqual({ name: 'data', emptyDir: {} });
    expect(podOf(objects, name).securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 0 });
  });

  test('its probes ask a route that needs no Redis', () => {
    expect(containerOf(objects, name).livenessProbe.httpGet).toEqual({ path: '/favicon.png', port: 8081 });
  });
});

describeFields(redisCommander, {}, build, {
  image: {
    given: 'ghcr.io/joeferner/redis-commander:0.9.1',
    seen: (objects) => containerOf(objects, name).image,
    expected: 'ghcr.io/joeferner/redis-commander:0.9.1',
  },
  hostPort: { given: 18081, seen: (_, hostPorts) => hostPorts, expected: [18081] },
  resources: {
    given: { limits: { memory: '512Mi' } },
    seen: (objects) => containerOf(objects, name).resources.limits,
    expected: { cpu: '500m', memory: '512Mi' },
  },
});

describe('is not there', () => {
  test('in production', () => {
    const objects = globalObjectsOf({ redis: {}, 'redis-commander': {} }, { profile: 'production' });
    expect(objects.map(identity)).toContain('StatefulSet/dev-redis');
    expect(objects.map(identity)).not.toContain(`Deployment/${name}`);
  });

  test('where there is no Redis in the cluster', () => {
    const objects = globalObjectsOf({ redis: {}, 'redis-commander': {} }, { profile: 'external' });
    expect(objects.map(identity)).toEqual(['Namespace/dev']);
  });
});
