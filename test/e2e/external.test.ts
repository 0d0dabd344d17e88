import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { images } from '../../charts/common/images.ts';
import { bringImages, cluster, context, kubectl, setUp, shifted, tearDown } from './environment.ts';
import { makeCa, type OwnCa } from './own-ca.ts';
import { attempt, eventually, kubectlProxy, run } from './run.ts';

jest.setTimeout(900_000);

const hasTilt = attempt('sh', ['-c', 'command -v tilt']).status === 0;
if (!hasTilt) process.stderr.write('there is no tilt on PATH: managed services under Tilt are skipped\n');

const folder = 'backends/svc-status-monitor';
const environment = setUp(folder);
const here = ['--context', context];
const password = 'geheim';
const hosts = { database: 'database.cloud.svc', cache: 'cache.cloud.svc' };

const metadata = (name: string) => ({ name, namespace: 'cloud', labels: { app: name } });
const tls = { name: 'tls', mountPath: '/tls' };

/** A pod with the certificate, and a Service in front. */
const server = (name: string, port: number, containers: readonly object[]) => [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(name),
    spec: {
      securityContext: { fsGroup: 999 },
      containers,
      volumes: [
        { name: 'tls', secret: { secretName: 'tls', defaultMode: 0o444 } },
        { name: 'pool', emptyDir: {} },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: { selector: { app: name }, ports: [{ port: name === 'cache' ? 6379 : 5432, targetPort: port }] },
  },
];

const variables = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([name, value]) => ({ name, value }));

/** A PostgreSQL that only TLS leads to, by a PgBouncer in front of it, and a Redis that speaks nothing else. */
const servers = (certificate: OwnCa) => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cloud' } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('tls'),
    stringData: { 'tls.crt': certificate.certificate, 'tls.key': certificate.key, 'ca.crt': certificate.ca },
  },
  ...server('database', 6432, [
    {
      name: 'postgres',
      image: images.postgres,
      env: variables({ POSTGRES_USER: 'status', POSTGRES_PASSWORD: password }),
    },
    {
      name: 'pool',
      image: images.pgbouncer,
      env: variables({
        DB_HOST: '127.0.0.1',
        DB_USER: 'status',
        DB_PASSWORD: password,
        AUTH_TYPE: 'scram-sha-256',
        LISTEN_PORT: '6432',
        POOL_MODE: 'session',
        CLIENT_TLS_SSLMODE: 'require',
        CLIENT_TLS_CERT_FILE: '/tls/tls.crt',
        CLIENT_TLS_KEY_FILE: '/tls/tls.key',
        IGNORE_STARTUP_PARAMETERS: 'extra_float_digits,search_path',
      }),
      volumeMounts: [tls, { name: 'pool', mountPath: '/etc/pgbouncer' }],
    },
  ]),
  ...server('cache', 6379, [
    {
      name: 'redis',
      image: images.redis,
      args: [
        ...['redis-server', '--port', '0', '--tls-port', '6379', '--tls-auth-clients', 'no', '--requirepass', password],
        ...['--tls-cert-file', '/tls/tls.crt', '--tls-key-file', '/tls/tls.key', '--tls-ca-cert-file', '/tls/ca.crt'],
      ],
      volumeMounts: [tls],
    },
  ]),
];

/** What people write into the project's .env. */
const values = {
  DATABASE_URL: `postgresql://status:${password}@${hosts.database}:5432/status?sslmode=verify-full&sslrootcert=/etc/provider/ca.crt`,
  REDIS_URL: `rediss://:${password}@${hosts.cache}:6379/0`,
};

const write = (path: string, text: string) => {
  mkdirSync(join(environment.root, folder, 'infra/provider'), { recursive: true });
  writeFileSync(join(environment.root, folder, 'infra', path), text);
};
const give = (changed: Partial<typeof values>) =>
  write(
    '.env',
    Object.entries({ ...values, ...changed })
      .flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}\n`]))
      .join(''),
  );
const attempted = (...args: string[]) =>
  attempt(process.execPath, [join(import.meta.dirname, '../../bin/repoctl.mjs'), ...args, ...here], {
    cwd: environment.root,
  });
const start = () => attempted('infra', 'project', 'start', 'status', '--profile', 'external');

const provider = { provider: { mountPath: '/etc/provider', files: 'infra/provider' } };
const workloads = ['migrate', 'api', 'monitoring', 'status-change', 'notification'];

/** As in production: nothing compiles when a pod starts, and no shell waits for the migration. The CA's certificate is mounted where the programs look for it. */
function declareCa(): void {
  const file = join(environment.root, folder, 'infra/project.yaml');
  const text = readFileSync(file, 'utf8')
    .replaceAll(/^ {4}localTarget: .*\n/gm, '')
    .replaceAll('[redis, migrate]', '[redis]');
  const given = Object.fromEntries(workloads.map((name) => [name, { volumes: provider, user: 10001 }]));
  const external = JSON.stringify({ env: { SSL_CERT_DIR: '/etc/provider' }, workloads: given });
  writeFileSync(file, text.replace('profiles:\n', `profiles:\n  external: ${external}\n`));
}

const own = makeCa(...Object.values(hosts));

beforeAll(async () => {
  bringImages(images.pgbouncer, images.postgres, images.redis);
  kubectl('delete', 'namespace', 'cloud', '--ignore-not-found', '--wait');
  run('kubectl', ['--context', context, 'apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: servers(own) }),
  });
  kubectl('wait', '-n', 'cloud', 'pod', '--all', '--for=condition=Ready', '--timeout=180s');
  declareCa();
  write('provider/ca.crt', own.ca);
});

afterAll(() => {
  attempt('kubectl', ['--context', context, 'delete', 'namespace', 'cloud', 'status', '--ignore-not-found']);
  tearDown(environment);
});

describe('managed services are refused before anything starts', () => {
  const refused = (said: string) => {
    const { status, stderr } = start();
    expect(status).toBe(2);
    expect(stderr).toContain(said);
    expect(kubectl('get', 'deployments', '-A', '-l', 'app.kubernetes.io/part-of=monorepo', '-o', 'name').stdout).toBe(
      '',
    );
  };

  test('a database without TLS', () => {
    give({ DATABASE_URL: `postgresql://status:${password}@${hosts.database}:5432/status` });
    refused(`${folder}/infra/.env:1:1: DATABASE_URL has no sslmode, so that the connection may go without TLS`);
  });

  test('a Redis without TLS', () => {
    give({ REDIS_URL: `redis://:${password}@${hosts.cache}:6379/0` });
    refused(`${folder}/infra/.env:2:1: REDIS_URL begins with redis://, which is a connection without TLS`);
  });

  test('a variable that is missing', () => {
    give({ REDIS_URL: '' });
    refused('REDIS_URL');
  });
});

test('a CA that is not trusted is named by the program, in the report of the start', () => {
  give({});
  write('provider/ca.crt', makeCa('elsewhere.example.com').ca);
  const { status, stdout, stderr } = start();
  expect(status).not.toBe(0);
  expect(`${stdout}\n${stderr}`).toContain('certificate signed by unknown authority');
});

describe('with both of them trusted', () => {
  const statefulSets = () => {
    const kinds = 'statefulsets,persistentvolumeclaims';
    return kubectl('get', kinds, '-A', '-l', 'app.kubernetes.io/managed-by=repoctl', '-o', 'name').stdout;
  };

  test('the project starts, and is healthy', () => {
    write('provider/ca.crt', own.ca);
    const { status, stderr } = start();
    expect([status, stderr]).toEqual([0, expect.anything()]);
    expect(attempted('status', 'status', '--deep', '--profile', 'external')).toMatchObject({ status: 0 });
  });

  test('nothing is left of services in the cluster', () => {
    expect(statefulSets()).toBe('');
    const pods = kubectl(
      'get',
      'pods',
      '-n',
      'status',
      '-o',
      'jsonpath={.items[*].spec.initContainers[*].name}',
    ).stdout;
    expect(pods).not.toMatch(/wait-(redis|postgres)/);
  });

  test('what the API takes is in the database elsewhere, and checks run over the Redis elsewhere', async () => {
    const proxy = await kubectlProxy(context);
    try {
      const url = `${proxy.url}/api/v1/namespaces/status/services/status-api:8080/proxy/monitors`;
      const body = { url: 'http://status-api.status.svc:8080/health', interval_seconds: 1 };
      expect((await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status).toBe(201);
    } finally {
      proxy.stop();
    }
    const inCloud = (pod: string, container: string, ...command: string[]) =>
      kubectl('exec', '-n', 'cloud', pod, '-c', container, '--', ...command).stdout.trim();
    const count = ['psql', '-U', 'status', '-Atc', 'select count(*) from monitor'];
    expect(inCloud('database', 'postgres', ...count)).toBe('1');
    const cli = ['redis-cli', '--tls', '--cacert', '/tls/ca.crt', '--no-auth-warning', '-a', password];
    await eventually('a result was written to the stream', 120, () =>
      expect(Number(inCloud('cache', 'redis', ...cli, 'XLEN', 'status:results'))).toBeGreaterThan(0),
    );
  });

  (hasTilt ? test : test.skip)('the same under Tilt', () => {
    const load = `load('${join(import.meta.dirname, '../../tilt/repoctl.star')}', 'repoctl')`;
    writeFileSync(join(environment.root, 'Tiltfile'), `${load}\nrepoctl()\n`);
    const { status, stdout, stderr } = attempt('tilt', ['ci', ...here, '--', '--profile', 'external'], {
      cwd: environment.root,
      env: { KIND_CLUSTER_NAME: cluster, TILT_PORT: String(shifted(10_350)) },
    });
    expect([status, status === 0 ? '' : (stdout + stderr).slice(-6000)]).toEqual([0, '']);
    expect(statefulSets()).toBe('');
  });

  test('the servers take nobody without TLS', () => {
    const { status } = attempt('kubectl', [
      ...['--context', context, 'exec', '-n', 'cloud', 'database', '-c', 'postgres', '--'],
      ...['psql', `postgresql://status:${password}@127.0.0.1:6432/status?sslmode=disable`, '-c', 'select 1'],
    ]);
    expect(status).not.toBe(0);
  });
});
