import { describe, expect, test } from '@jest/globals';
import { redis } from '../../../charts/constructs/redis.ts';
import { type Given, globalObjectsOf, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, type Objects, one, podOf } from '../objects.ts';

const build = (settings: Given = {}) => globalObjectsOf({ redis: settings });
const option = (objects: Objects, name: string) => {
  const { args } = containerOf(objects);
  return args[args.indexOf(name) + 1];
};

describe('defaults', () => {
  const objects = build();

  test('a StatefulSet of one pod with a claim, and a Service under the same name', () => {
    const { metadata, spec } = one(objects, 'StatefulSet');
    expect(metadata.name).toBe('dev-redis');
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({ storage: '1Gi' });
    expect(one(objects, 'Service').spec.ports).toEqual([{ name: 'redis', port: 6379, targetPort: 'redis' }]);
  });

  test('runs as the user of the image, whose group owns the claim', () => {
    expect(podOf(objects).securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 1000, fsGroup: 1000 });
  });

  test('keeps what it acknowledged, and evicts nothing, since it is a broker', () => {
    expect(option(objects, '--appendonly')).toBe('yes');
    expect(option(objects, '--maxmemory-policy')).toBe('noeviction');
    expect(containerOf(objects).volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  test('has a minute to write what it holds when it stops', () => {
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(60);
  });

  test('leaves a quarter of its memory for the rewrite of its file', () => {
    expect(option(objects, '--maxmemory')).toBe(String((256 * 2 ** 20 * 3) / 4));
  });

  test('has a password, which stands in no argument', () => {
    expect(option(objects, '--requirepass')).toBe('$(REDIS_PASSWORD)');
    expect(environmentOf(containerOf(objects))).toMatchObject({
      REDIS_PASSWORD: 'secret dev-redis/REDIS_PASSWORD',
      REDISCLI_AUTH: 'secret dev-redis/REDIS_PASSWORD',
    });
  });

  test('is ready when it answers PONG, but alive and started while it loads its file', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
    const asks = (answers: string) => ['sh', '-c', `redis-cli ping 2>&1 | grep -Eq '^(${answers})'`];
    expect(readinessProbe.exec.command).toEqual(asks('PONG'));
    for (const probe of [startupProbe, livenessProbe]) expect(probe.exec.command).toEqual(asks('PONG|LOADING|.*BUSY'));
  });
});

describeFields(redis, {}, build, {
  image: { given: 'redis:7.2.9', seen: (built) => containerOf(built).image, expected: 'redis:7.2.9' },
  storage: {
    given: '5Gi',
    seen: (built) => one(built, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '5Gi' },
  },
  databases: { given: 8, seen: (built) => option(built, '--databases'), expected: '8' },
  hostPort: { given: 16379, seen: (_, hostPorts) => hostPorts, expected: [16379] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (built) => option(built, '--maxmemory'),
    expected: String(0.75 * 2 ** 30),
  },
});

describe('what a project gets', () => {
  test('the URL of its own logical database', () => {
    const objects = projectObjectsOf({
      uses: { redis: { database: 7 } },
      workloads: { api: { kind: 'http', port: 80 } },
    });
    expect(environmentOf(containerOf(objects))).toEqual({
      REDIS_PASSWORD: 'secret shop-redis/REDIS_PASSWORD',
      REDIS_URL: 'redis://default:$(REDIS_PASSWORD)@dev-redis.dev.svc:6379/7',
    });
  });
});
