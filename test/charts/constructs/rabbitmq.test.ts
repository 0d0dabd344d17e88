import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { rabbitmq } from '../../../charts/constructs/rabbitmq.ts';
import { secrets } from '../../../charts/wiring.ts';
import { declareShared, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['rabbitmq'] };
const build = (settings: Given = {}) => projectObjectsOf({ services: { rabbitmq: settings }, workloads: { api } });
const server = 'shop-rabbitmq';

describe('a project’s own', () => {
  const objects = build();

  test('is a StatefulSet with a claim, and the folder of its data has a name that stays', () => {
    expect(one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({
      storage: '1Gi',
    });
    expect(environmentOf(containerOf(objects, server))).toMatchObject({
      RABBITMQ_NODENAME: 'rabbit@localhost',
      RABBITMQ_MNESIA_BASE: '/var/lib/rabbitmq/mnesia',
    });
  });

  test('keeps its cookie out of the claim, whose files its group may read', () => {
    expect(environmentOf(containerOf(objects, server)).HOME).toBe('/tmp');
  });

  test('stops publishers at three fifths of its memory', () => {
    expect(environmentOf(containerOf(objects, server)).RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS).toBe(
      `-rabbit vm_memory_high_watermark {absolute,${Math.floor(512 * 2 ** 20 * 0.6)}}`,
    );
  });

  test('has one vhost and one user, which its workloads get', () => {
    expect(environmentOf(containerOf(objects, server))).toMatchObject({
      RABBITMQ_DEFAULT_USER: 'shop',
      RABBITMQ_DEFAULT_VHOST: 'shop',
    });
    expect(containerOf(objects, server).args.at(-1)).toContain('$(cat /run/secrets/rabbitmq/RABBITMQ_PASSWORD)');
    expect(environmentOf(containerOf(objects, 'shop-api'))).toEqual({
      RABBITMQ_PASSWORD: 'secret shop-rabbitmq/RABBITMQ_PASSWORD',
      RABBITMQ_URL: 'amqp://shop:$(RABBITMQ_PASSWORD)@shop-rabbitmq.shop.svc:5672/shop',
    });
    expect(all(objects, 'Job')).toEqual([]);
  });

  test('its scripts can be read by the shells that run them', () => {
    const wait = podOf(objects, 'shop-api').initContainers[0]?.command.at(-1) ?? '';
    const ready = containerOf(objects, server).readinessProbe.exec.command.at(-1) ?? '';
    for (const [shell, script] of [
      ['sh', wait],
      ['bash', ready],
    ] as const)
      expect(spawnSync(shell, ['-n', '-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('one that projects share', () => {
  const shared = declareShared({ rabbitmq: { kind: 'rabbitmq' } }, ['shop', 'news']);
  const { profiles, projects } = shared.environment;
  const { objects } = shared;

  test('has an administrator who is no project', () => {
    expect(environmentOf(containerOf(objects, 'dev-rabbitmq'))).toMatchObject({ RABBITMQ_DEFAULT_USER: 'dev' });
    expect(JSON.stringify(containerOf(objects, 'dev-rabbitmq').env)).not.toContain('secretKeyRef');
  });

  test('has a job that gives each project a vhost and a user, with passwords from files', () => {
    const { command, volumeMounts } = containerOf(objects, 'dev-rabbitmq-tenants');
    expect(command.slice(3)).toEqual(['tenants', 'shop', 'news']);
    expect(volumeMounts).toContainEqual({ name: 'users', mountPath: '/run/secrets/users', readOnly: true });
    expect(spawnSync('bash', ['-n', '-c', command[2] ?? ''], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  });

  test('has the passwords of all in its own namespace, and a project no other’s', () => {
    const keys = (project?: (typeof projects)[number]) =>
      secrets(shared.environment, profiles.local, project).map(({ name, keys }) => [
        name,
        ...keys.map(({ key, owner }) => `${key} of ${owner}`),
      ]);
    expect(keys()).toEqual([
      ['dev-rabbitmq', 'RABBITMQ_PASSWORD of dev'],
      ['dev-rabbitmq-users', 'shop of shop', 'news of news'],
    ]);
    expect(keys(projects[0])).toEqual([['shop-rabbitmq', 'RABBITMQ_PASSWORD of shop']]);
  });

  test('is reached by each project at its own vhost', () => {
    const [project] = projects;
    if (!project) throw new TypeError('no project');
    const made = projectObjects(shared.environment, profiles.local, project).objects;
    expect(environmentOf(containerOf(made as never, 'shop-api')).RABBITMQ_URL).toBe(
      'amqp://shop:$(RABBITMQ_PASSWORD)@dev-rabbitmq.dev.svc:5672/shop',
    );
  });
});

describeFields(rabbitmq, {}, build, {
  image: {
    given: 'rabbitmq:3.13.7-management',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'rabbitmq:3.13.7-management',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  hostPort: { given: 15673, seen: (_, hostPorts) => hostPorts, expected: [15673, undefined, undefined] },
  consoleHostPort: { given: 15672, seen: (_, hostPorts) => hostPorts, expected: [undefined, 15672, undefined] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, server).resources.limits,
    expected: { cpu: '1', memory: '1Gi' },
  },
});
