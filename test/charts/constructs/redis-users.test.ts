import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { userRules, usersScript } from '../../../charts/constructs/redis-users.ts';
import { connections, secrets } from '../../../charts/wiring.ts';
import { attempt } from '../../../src/platform/process/run.ts';
import { declareEnvironment, declareProject, globalObjectsOf, projectObjectsOf } from '../declared.ts';
import { all, containerOf, environmentOf, one } from '../objects.ts';

const workloads = { api: { kind: 'http', port: 80 } };
const shop = { uses: { redis: { database: 7 } }, workloads };
const legacy = { name: 'legacy', uses: { redis: { database: 8, tenancy: false } }, workloads };
const environment = (tenancy: boolean) =>
  declareEnvironment([declareProject(shop), declareProject(legacy)], { redis: { tenancy } });

describe('a Redis with tenancy', () => {
  const objects = globalObjectsOf({ redis: { tenancy: true } }, { projects: [shop, legacy] });

  test('has a user for each project, but for those that can’t', () => {
    expect(one(objects, 'ConfigMap').data).toEqual({ shop: userRules({ project: 'shop', use: { database: 7 } }) });
    const job = one(objects, 'Job');
    expect(job.metadata.name).toMatch(/^dev-redis-users-[0-9a-f]{8}$/);
    expect(containerOf([job]).command.slice(4)).toEqual([
      `shop ${userRules({ project: 'shop', use: { database: 7 } })}`,
    ]);
    const [, users] = secrets(environment(true), environment(true).profiles.local);
    expect(users).toEqual({
      name: 'dev-redis-users',
      keys: [{ key: 'shop', variable: 'REDIS_PASSWORD', owner: 'shop', generated: true }],
    });
  });

  test('is not started again for a further project', () => {
    const alone = globalObjectsOf({ redis: { tenancy: true } });
    expect(one(objects, 'StatefulSet')).toEqual(one(alone, 'StatefulSet'));
    expect(all(alone, 'Job')).toEqual([]);
  });

  test('gives the user and the prefix to its projects, ready to use', () => {
    const variables = (given: Parameters<typeof projectObjectsOf>[0]) =>
      environmentOf(containerOf(projectObjectsOf(given, { environment: environment(true) })));
    expect(variables(shop)).toEqual({
      REDIS_PASSWORD: 'secret shop-redis/REDIS_PASSWORD',
      REDIS_URL: 'redis://shop:$(REDIS_PASSWORD)@dev-redis.dev.svc:6379/7',
      REDIS_KEY_PREFIX: 'shop:',
    });
    expect(variables(legacy)).toEqual({
      REDIS_PASSWORD: 'secret legacy-redis/REDIS_PASSWORD',
      REDIS_URL: 'redis://default:$(REDIS_PASSWORD)@dev-redis.dev.svc:6379/8',
    });
  });

  test('gives the prefix where it is managed as well, which is no secret', () => {
    const around = environment(true);
    const [project] = around.projects;
    if (!project) throw new TypeError('no project');
    expect(connections(around, around.profiles.external, project).get('redis')?.variables).toEqual([
      { name: 'REDIS_URL', secret: 'shop-redis', key: 'REDIS_URL' },
      { name: 'REDIS_KEY_PREFIX', value: 'shop:' },
    ]);
  });
});

test('the server makes the users itself when it starts; one whose password is not there is left out', () => {
  const root = mkdtempSync(join(tmpdir(), 'redis-users-'));
  for (const folder of ['rules', 'passwords']) mkdirSync(join(root, folder));
  for (const name of ['late', 'shop']) writeFileSync(join(root, 'rules', name), `~${name}:*`);
  writeFileSync(join(root, 'passwords', 'shop'), 'geheim');
  const script = usersScript
    .replaceAll('/etc/redis-users', join(root, 'rules'))
    .replaceAll('/run/secrets/redis-users', join(root, 'passwords'));
  return attempt('sh', ['-c', script]).then(({ stdout }) => {
    rmSync(root, { recursive: true });
    expect(stdout).toBe('user shop on >geheim ~shop:*');
  });
});
