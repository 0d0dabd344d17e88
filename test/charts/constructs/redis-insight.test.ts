import { describe, expect, test } from '@jest/globals';
import { redisInsight } from '../../../charts/constructs/redis-insight.ts';
import { type Given, globalObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, identity, one, podOf } from '../objects.ts';

const name = 'dev-redis-insight';
const build = (settings: Given = {}) => globalObjectsOf({ redis: {}, 'redis-insight': settings });

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod that is never doubled, and a Service', () => {
    const { spec } = one(objects, 'Deployment', name);
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(one(objects, 'Service', name).spec.ports).toMatchObject([{ name: 'http', port: 5540 }]);
  });

  test("knows the environment's Redis, with its password", () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      RI_REDIS_HOST: 'dev-redis.dev.svc',
      RI_REDIS_PORT: '6379',
      RI_REDIS_ALIAS: 'dev-redis',
      RI_REDIS_PASSWORD: 'secret dev-redis/REDIS_PASSWORD',
    });
  });

  test('asks nobody to accept terms, and writes no log files', () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      RI_ACCEPT_TERMS_AND_CONDITIONS: 'true',
      RI_FILES_LOGGER: 'false',
    });
  });

  test('may write to its data, as the user of the image', () => {
    expect(containerOf(objects, name).volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    expect(podOf(objects, name).volumes).toContainEqual({ name: 'data', emptyDir: {} });
    expect(podOf(objects, name).securityContext.runAsUser).toBe(1000);
  });

  test('its probes ask its own health route', () => {
    expect(containerOf(objects, name).readinessProbe.httpGet).toEqual({ path: '/api/health/', port: 5540 });
  });
});

describeFields(redisInsight, {}, build, {
  image: {
    given: 'redis/redisinsight:2.72.0',
    seen: (objects) => containerOf(objects, name).image,
    expected: 'redis/redisinsight:2.72.0',
  },
  hostPort: { given: 15540, seen: (_, hostPorts) => hostPorts, expected: [15540] },
  resources: {
    given: { limits: { cpu: 2 } },
    seen: (objects) => containerOf(objects, name).resources.limits,
    expected: { cpu: '2', memory: '512Mi' },
  },
});

test.each(['external', 'production'] as const)('is not there in the %s profile', (profile) => {
  expect(globalObjectsOf(undefined, { profile }).map(identity)).not.toContain(`Deployment/${name}`);
});
