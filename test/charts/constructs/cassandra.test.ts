import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { cassandra } from '../../../charts/constructs/cassandra.ts';
import { ownSchema } from '../../../charts/kinds.ts';
import { secrets } from '../../../charts/wiring.ts';
import { declaredCql, declareShared, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['cassandra'] };
const build = (settings: Given = {}) => projectObjectsOf({ services: { cassandra: settings }, workloads: { api } });
const server = 'shop-cassandra';
const compiles = (program: string) =>
  spawnSync('python3', ['-c', 'import sys; compile(sys.argv[1], "program", "exec")', program], { encoding: 'utf8' });

describe('a project’s own', () => {
  const objects = build({ schema: 'infra/cql' });

  test('asks for a password, and lets nobody do what he was not granted', () => {
    expect(environmentOf(containerOf(objects, server)).JVM_EXTRA_OPTS).toContain(
      '-Dcassandra.settings.authenticator=PasswordAuthenticator -Dcassandra.settings.authorizer=CassandraAuthorizer',
    );
  });

  test('has a third of its memory as heap: as much is outside it', () => {
    expect(environmentOf(containerOf(objects, server)).MAX_HEAP_SIZE).toBe('512M');
  });

  test('may write beside the configuration of its image', () => {
    expect(podOf(objects, server).initContainers[0]?.command).toEqual(['cp', '-r', '/etc/cassandra/.', '/config/']);
  });

  test('gives its workloads the keyspace, the role and an empty bundle', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toEqual({
      CASSANDRA_PASSWORD: 'secret shop-cassandra/CASSANDRA_PASSWORD',
      CASSANDRA_CONTACT_POINTS: 'shop-cassandra.shop.svc',
      CASSANDRA_LOCAL_DATACENTER: 'datacenter1',
      CASSANDRA_KEYSPACE: 'shop',
      CASSANDRA_USERNAME: 'shop',
      CASSANDRA_SECURE_CONNECT_BUNDLE: '',
    });
  });

  test('has a job that declares its tables, with each dollar as Kubernetes wants it', () => {
    const { command } = containerOf(objects, 'shop-cassandra-schema');
    expect(JSON.parse((command[3] ?? '').replaceAll('$$', '$'))).toEqual([
      { keyspace: 'shop', declared: { 'a.cql': declaredCql } },
    ]);
    expect((command[3] ?? '').replaceAll('$$', '')).not.toContain('$');
  });

  test('does not try again what it has refused', () => {
    const { backoffLimit, podFailurePolicy } = one(objects, 'Job').spec;
    const [rule] = podFailurePolicy?.rules ?? [];
    expect([backoffLimit, rule?.action]).toEqual([6, 'FailJob']);
    const { command } = containerOf(objects, 'shop-cassandra-schema');
    expect(command[2]).toContain(`sys.exit(${rule?.onExitCodes.values[0]})`);
  });

  test('its programs can be read by what runs them', () => {
    expect(compiles(containerOf(objects, 'shop-cassandra-schema').command[2] ?? '')).toMatchObject({ stderr: '' });
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
  const { environment, objects } = declareShared({ cassandra: { kind: 'cassandra' } }, ['shop', 'flower-stall']);
  const { profiles, projects } = environment;

  test('has a job that gives each project a keyspace and a role', () => {
    const { command, volumeMounts } = containerOf(objects, 'dev-cassandra-schema');
    expect(JSON.parse(command[3] ?? '')).toEqual([
      { keyspace: 'shop', role: 'shop' },
      { keyspace: 'flower_stall', role: 'flower-stall' },
    ]);
    expect(volumeMounts).toContainEqual({ name: 'users', mountPath: '/run/secrets/users', readOnly: true });
  });

  test('has the passwords of all in its own namespace, and a project no other’s', () => {
    const names = (project?: (typeof projects)[number]) =>
      secrets(environment, profiles.local, project).map(({ name, keys }) => [name, ...keys.map(({ owner }) => owner)]);
    expect(names()).toEqual([
      ['dev-cassandra', 'dev'],
      ['dev-cassandra-users', 'shop', 'flower-stall'],
    ]);
    expect(names(projects[0])).toEqual([['shop-cassandra', 'shop']]);
  });

  test('is reached by each project as its own role', () => {
    const [, project] = projects;
    if (!project) throw new TypeError('no project');
    const made = projectObjects(environment, profiles.local, project).objects;
    expect(environmentOf(containerOf(made as never, 'flower-stall-api'))).toMatchObject({
      CASSANDRA_CONTACT_POINTS: 'dev-cassandra.dev.svc',
      CASSANDRA_KEYSPACE: 'flower_stall',
      CASSANDRA_USERNAME: 'flower-stall',
    });
  });
});

describeFields({ ...cassandra, schema: ownSchema(cassandra) }, {}, build, {
  image: {
    given: 'cassandra:4.1.9',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'cassandra:4.1.9',
  },
  schema: {
    given: 'infra/cql',
    seen: (objects) => containerOf(objects, 'shop-cassandra-schema').command[3]?.includes('create table t'),
    expected: true,
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  hostPort: { given: 9042, seen: (_, ports) => ports, expected: [9042] },
  resources: {
    given: { limits: { memory: '3Gi' } },
    seen: (objects) => environmentOf(containerOf(objects, server)).MAX_HEAP_SIZE,
    expected: '1024M',
  },
});
