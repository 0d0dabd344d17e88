import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { redisCli } from '../../../charts/constructs/redis.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../../charts/kinds.ts';
import type { Cluster } from '../../../src/cluster/client.ts';
import { deepChecks } from '../../../src/status/deep/deep-checks.ts';
import { asHealth, type DeepFinding, withFindings } from '../../../src/status/deep/finding.ts';
import { checksOf } from '../../../src/status/deep/table.ts';
import type { Pod } from '../../../src/status/rules/objects.ts';
import { verdict } from '../../../src/status/rules/verdict.ts';
import { exit, PodServer } from '../../cluster/pod-server.ts';
import { pod } from './targets.ts';

const turfoo = [{ name: 'turfoo', services: [], workloads: [] }];
const asRedis = (name: string): Pod => pod(name, 'broker', { name: 'redis' });

let server: PodServer;
let cluster: Cluster;
beforeEach(async () => {
  server = new PodServer();
  cluster = await server.start();
});
afterEach(() => server.stop());

const find = (findings: readonly DeepFinding[], object: string, check = 'ping') =>
  findings.find((each) => each.object === object && each.check === check);

describe('deepChecks', () => {
  test('asks each ready pod what its kind is asked, and judges what it says', async () => {
    const commands: string[][] = [];
    server.behaviour.program = (_pod, command, say) => {
      commands.push([...command]);
      say(1, '\n');
      say(1, command.includes('ping') ? 'PO' : '[]');
      if (command.includes('ping')) say(1, 'NG\n');
      exit(say, 0);
    };
    const findings = await deepChecks(cluster, turfoo, [asRedis('redis'), pod('other', 'broker', {}, false)]);
    expect(findings).toEqual([
      {
        namespace: 'turfoo',
        object: 'turfoo-redis',
        check: 'ping',
        pod: 'turfoo-redis-0',
        status: 'healthy',
        reason: 'Answers',
      },
    ]);
    expect(commands[0]?.slice(3)).toEqual(redisCli('ping'));
    expect(commands).toHaveLength(2);
  });

  test('runs at most as many at once as it may, and one that hangs holds up no other', async () => {
    const ended: string[] = [];
    server.behaviour.program = (name, command, say) => {
      say(1, '\n');
      if (name === 'turfoo-slow-0') return;
      setTimeout(() => {
        say(1, command.includes('ping') ? 'PONG\n' : '[]');
        exit(say, 0);
        if (command.includes('ping')) ended.push(name);
      }, 20);
    };
    const names = ['slow', ...Array.from({ length: 12 }, (_, index) => `r${index}`)];
    const findings = await deepChecks(cluster, turfoo, names.map(asRedis), { limit: 3, timeoutMs: 3000 });
    expect(server.most).toBe(3);
    expect(ended).toHaveLength(12);
    expect(find(findings, 'turfoo-slow')).toMatchObject({ status: 'degraded', reason: 'NoAnswer' });
    expect(findings.filter(({ status }) => status === 'healthy')).toHaveLength(12);
  });

  test('blames no pod that was not reached in time', async () => {
    server.behaviour.program = () => undefined;
    const findings = await deepChecks(cluster, turfoo, [asRedis('redis')], { timeoutMs: 100 });
    expect(find(findings, 'turfoo-redis')).toMatchObject({ status: 'unknown', reason: 'TimedOut' });
  });

  test('says what it is not allowed to', async () => {
    const message = 'pods "turfoo-redis-0" is forbidden: User "eve" cannot create resource "pods/exec"';
    server.behaviour.refuse = { status: 403, message };
    const [finding] = await deepChecks(cluster, turfoo, [asRedis('redis')]);
    expect(finding).toMatchObject({ status: 'unknown', reason: 'Forbidden', cause: message });
    expect(finding?.advice).toBe('kubectl --context kind-test -n turfoo auth can-i create pods --subresource=exec');
  });

  test('does not take a program that could not be started for a broken service', async () => {
    server.behaviour.program = (_pod, _command, say) =>
      say(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message: 'exec: "sh": not found' }));
    const [finding] = await deepChecks(cluster, turfoo, [asRedis('redis')]);
    expect(finding).toMatchObject({
      status: 'unknown',
      reason: 'NotAsked',
      cause: expect.stringContaining('not found'),
    });
  });

  test('gets the route of a Service once, whatever number of pods, and without credentials', async () => {
    const paths: string[] = [];
    server.behaviour.route = (path, response) => {
      paths.push(path);
      response.writeHead(503).end('away');
    };
    const readinessProbe = { httpGet: { path: '/ready?full=1', port: 8000 } };
    const one = pod('api', 'http', { readinessProbe });
    const other = { ...one, metadata: { ...one.metadata, name: 'turfoo-api-1' } };
    const findings = await deepChecks(cluster, turfoo, [one, other]);
    expect(paths).toEqual(['/api/v1/namespaces/turfoo/services/turfoo-api:8000/proxy/ready?full=1']);
    expect(findings).toMatchObject([{ status: 'degraded', cause: 'GET /ready?full=1 answers 503: away' }]);
  });

  test('gets a route that no Service leads to from the pod', async () => {
    const paths: string[] = [];
    server.behaviour.route = (path, response) => {
      paths.push(path);
      response.end();
    };
    const readinessProbe = { httpGet: { path: '/health', port: 9000 } };
    await deepChecks(cluster, turfoo, [pod('reader', 'worker', { readinessProbe })]);
    expect(paths).toEqual(['/api/v1/namespaces/turfoo/pods/turfoo-reader-0:9000/proxy/health']);
  });

  describe('immudb over a forwarded port', () => {
    const seen: string[] = [];
    const immudb = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`);
        const { user, password } = JSON.parse(body) as { user?: string; password?: string };
        const wrong = user && password !== Buffer.from('pa:ss').toString('base64');
        if (wrong) response.writeHead(500).end('{"message":"invalid user name or password"}');
        else response.end(user ? '{"token":"t0"}' : `{"rows":[${'{},'.repeat(50_000)}{}]}`);
      });
    });
    beforeEach(async () => {
      seen.length = 0;
      await new Promise<void>((resolve) => immudb.listen(0, '127.0.0.1', resolve));
      server.behaviour.forwardTo = (immudb.address() as AddressInfo).port;
    });
    afterEach(() => new Promise((resolve) => immudb.close(resolve)));

    const secret = (password: string) => {
      server.behaviour.route = (path, response) => {
        const data = { IMMUDB_ADMIN_PASSWORD: Buffer.from(password).toString('base64') };
        if (path === '/api/v1/namespaces/turfoo/secrets/turfoo-immudb') response.end(JSON.stringify({ data }));
        else response.writeHead(404).end('{}');
      };
    };

    test('logs in, asks, and logs out', async () => {
      secret('pa:ss');
      const findings = await deepChecks(cluster, turfoo, [pod('immudb', 'database')]);
      expect(findings).toMatchObject([{ check: 'query', status: 'healthy' }]);
      expect(seen).toEqual([
        expect.stringMatching(/^POST \/api\/login {2}/),
        'POST /api/db/sqlquery t0 {"sql":"SELECT 1"}',
        'POST /api/logout t0 {}',
      ]);
    });

    test('says that the password is wrong', async () => {
      secret('other');
      const findings = await deepChecks(cluster, turfoo, [pod('immudb', 'database')]);
      expect(findings).toMatchObject([{ status: 'degraded', reason: 'WrongPassword' }]);
    });

    test('says that there is no password', async () => {
      server.behaviour.route = (_path, response) => response.writeHead(404).end('{}');
      const findings = await deepChecks(cluster, turfoo, [pod('immudb', 'database')]);
      expect(findings).toMatchObject([{ status: 'unknown', reason: 'NoPassword' }]);
      expect(seen).toEqual([]);
    });
  });

  test('says that the cluster is away instead of failing', async () => {
    await server.stop();
    const [finding] = await deepChecks(cluster, turfoo, [asRedis('redis')]);
    expect(finding).toMatchObject({
      status: 'unknown',
      reason: 'NotAsked',
      cause: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

test('every kind that keeps running has checks', () => {
  const kinds = Object.keys({ ...serviceKinds, ...globalKinds, ...workloadKinds });
  expect(kinds.filter((kind) => checksOf(kind).length === 0)).toEqual(['job', 'cronjob']);
  expect(checksOf('unknown')).toEqual([]);
});

describe('withFindings', () => {
  const finding = (status: DeepFinding['status'], object = 'turfoo-redis'): DeepFinding => ({
    namespace: 'turfoo',
    object,
    check: 'ping',
    status,
    reason: 'WrongPassword',
  });
  const row = (status: 'healthy' | 'degraded' | 'unknown') => ({
    namespace: 'turfoo',
    object: 'turfoo-redis',
    health: verdict(status, 'Seen'),
  });
  test.each([
    ['healthy', 'healthy', 'Seen'],
    ['healthy', 'degraded', 'WrongPassword'],
    ['degraded', 'degraded', 'Seen'],
    ['degraded', 'progressing', 'Seen'],
    ['unknown', 'degraded', 'Seen'],
  ] as const)('%s and %s: %s', (seen, found, reason) => {
    expect(withFindings([row(seen)], [finding('healthy'), finding(found)]).map(({ health }) => health.reason)).toEqual([
      reason,
    ]);
  });

  test('what nobody judged is a row of its own if it is not healthy', () => {
    const rows = withFindings([row('healthy')], [finding('degraded', 'stream cards'), finding('healthy', 'stream x')]);
    expect(rows.map(({ object }) => object)).toEqual(['turfoo-redis', 'stream cards']);
    expect(rows[1]?.health).toEqual(asHealth(finding('degraded', 'stream cards')));
  });
});
