import { describe, expect, test } from '@jest/globals';
import { redis, redisCli } from '../../../charts/constructs/redis.ts';
import { type Given, globalObjectsOf, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, type Objects, one, podOf } from '../objects.ts';
import { seen } from '../seen.ts';

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
    expect(containerOf(objects).volumeMounts).toContainEqual({
      name: 'password',
      mountPath: '/run/secrets/redis/REDIS_PASSWORD',
      subPath: 'REDIS_PASSWORD',
      readOnly: true,
    });
    expect(containerOf(objects).env).toBeUndefined();
    const [shell = '', ...rest] = containerOf(objects).args;
    const { args, input } = seen('redis-server', shell, rest, {}, 'true', {
      'run/secrets/redis/REDIS_PASSWORD': 'geheim',
    });
    expect(input).toBe('requirepass geheim\n');
    expect(args.slice(0, 3)).toEqual(['-', '--appendonly', 'yes']);
    expect(args.join(' ')).not.toContain('geheim');
  });

  test.each([
    ['PONG', [0, 0]],
    ['LOADING Redis is loading the dataset in memory', [1, 0]],
    ['BUSY Redis is busy running a script.', [1, 0]],
    ['NOAUTH Authentication required.', [1, 1]],
  ])('an answer of %s makes it ready, alive and started, or not', (answer, [ready, alive]) => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
    const codes = [readinessProbe, livenessProbe, startupProbe].map(({ exec }) => {
      const [shell = '', ...rest] = exec.command;
      return seen('redis-cli', shell, rest, {}, `echo '${answer}'`).status;
    });
    expect(codes).toEqual([ready, alive, alive]);
  });

  test.each(['readinessProbe', 'livenessProbe'] as const)('its %s asks with the password', (probe) => {
    const [shell = '', ...rest] = containerOf(objects)[probe].exec.command;
    const files = { 'run/secrets/redis/REDIS_PASSWORD': 'geheim' };
    expect(seen('redis-cli', shell, rest, {}, 'echo PONG', files).password).toBe('geheim');
  });

  test('its client asks with the password, in pods of earlier versions too, which have it in their environment', () => {
    const [shell = '', ...rest] = redisCli('-n', '1', 'get', 'a b');
    const files = { 'run/secrets/redis/REDIS_PASSWORD': 'geheim' };
    const now = seen('redis-cli', shell, rest, {}, 'true', files);
    expect([now.password, now.args]).toEqual(['geheim', ['-n', '1', 'get', 'a b']]);
    expect(seen('redis-cli', shell, rest, { REDISCLI_AUTH: 'earlier' }).password).toBe('earlier');
  });

  test('a frozen one is asked no longer than three seconds, and that it did not answer is said', () => {
    const [shell = '', ...rest] = containerOf(objects).readinessProbe.exec.command;
    expect(seen('redis-cli', shell, rest, {}, 'exec sleep 60')).toMatchObject({
      status: 1,
      stdout: 'no answer to PING within 3 s\n',
    });
  });
});

describe('waiting for it', () => {
  const objects = projectObjectsOf({
    uses: { redis: { database: 7 } },
    workloads: { api: { kind: 'http', port: 80, after: ['redis'] } },
  });
  const script = podOf(objects, 'shop-api').initContainers[0]?.command[7] ?? '';

  test.each([
    [
      'redis://default:geheim@redis.dev.svc:6379/7',
      '--no-auth-warning --user default -h redis.dev.svc -p 6379 ping',
      'geheim',
    ],
    [
      'rediss://me:p%40ss%2Fword%25@eu1.example.com:6380',
      '--no-auth-warning --user me --tls -h eu1.example.com -p 6380 ping',
      'p@ss/word%',
    ],
    ['redis://:alone@redis/0?protocol=3', '--no-auth-warning -h redis -p 6379 ping', 'alone'],
    ['redis://redis', '--no-auth-warning -h redis -p 6379 ping', ''],
  ])('takes %s apart, and keeps its password out of the arguments', (url, args, password) => {
    const asked = seen('redis-cli', 'sh', ['-c', script], { REDIS_URL: url }, 'echo PONG');
    expect([asked.args.join(' '), asked.password, asked.status]).toEqual([args, password, 0]);
  });

  test('says what is answered instead', () => {
    const denied = "echo 'AUTH failed: WRONGPASS'; echo 'NOAUTH Authentication required.'";
    const { status, stdout } = seen('redis-cli', 'sh', ['-c', script], { REDIS_URL: 'redis://:no@redis' }, denied);
    expect([status, stdout]).toEqual([1, expect.stringContaining('AUTH failed: WRONGPASS')]);
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
  eviction: {
    given: 'allkeys-lru',
    seen: (built) => option(built, '--maxmemory-policy'),
    expected: 'allkeys-lru',
  },
  persistence: {
    given: false,
    seen: (built) => [
      option(built, '--appendonly'),
      one(built, 'StatefulSet').spec.volumeClaimTemplates,
      podOf(built).volumes,
      containerOf(built).volumeMounts,
    ],
    expected: [
      'no',
      undefined,
      [expect.objectContaining({ name: 'password' }), { name: 'data', emptyDir: {} }, { name: 'tmp', emptyDir: {} }],
      [
        expect.objectContaining({ name: 'password' }),
        { name: 'data', mountPath: '/data' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    ],
  },
  tenancy: {
    given: true,
    seen: (built) => podOf(built).volumes.filter(({ name }) => /users|rules/.test(name)),
    expected: [
      { name: 'users', secret: { secretName: 'dev-redis-users', defaultMode: 0o440, optional: true } },
      { name: 'rules', configMap: { name: 'dev-redis-users', optional: true } },
    ],
  },
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
