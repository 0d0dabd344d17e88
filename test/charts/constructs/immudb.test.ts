import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { immudb } from '../../../charts/constructs/immudb.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['immudb'] };
const build = (settings: Given = {}) => projectObjectsOf({ services: { immudb: settings }, workloads: { api } });
const name = 'shop-immudb';

describe('defaults', () => {
  const objects = build();

  test('a StatefulSet with a claim, and a Service with its four ports', () => {
    expect(one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({
      storage: '1Gi',
    });
    expect(one(objects, 'Service', name).spec.ports.map(({ name: port, port: number }) => [port, number])).toEqual([
      ['grpc', 3322],
      ['pgsql', 5433],
      ['http', 8080],
      ['metrics', 9497],
    ]);
  });

  test('runs as the user of the image, and keeps its data in the claim', () => {
    expect(podOf(objects, name).securityContext).toMatchObject({ runAsUser: 3322, fsGroup: 3322 });
    expect(containerOf(objects, name).volumeMounts).toContainEqual({ name: 'data', mountPath: '/var/lib/immudb' });
    expect(environmentOf(containerOf(objects, name)).IMMUDB_DIR).toBe('/var/lib/immudb');
  });

  test('sets its password at its first start, and has a minute to stop', () => {
    expect(environmentOf(containerOf(objects, name)).IMMUDB_ADMIN_PASSWORD).toBe(
      'secret shop-immudb/IMMUDB_ADMIN_PASSWORD',
    );
    expect(podOf(objects, name).terminationGracePeriodSeconds).toBe(60);
  });

  test('speaks SQL on a port that is not that of PostgreSQL', () => {
    expect(environmentOf(containerOf(objects, name))).toMatchObject({
      IMMUDB_PGSQL_SERVER: 'true',
      IMMUDB_PGSQL_SERVER_PORT: '5433',
    });
  });

  test('its probes ask the program: a frozen one still accepts connections', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects, name);
    expect(readinessProbe.exec.command).toEqual(['immuadmin', 'status']);
    for (const probe of [startupProbe, livenessProbe]) expect(probe.httpGet).toEqual({ path: '/livez', port: 9497 });
  });
});

describe('waiting for it', () => {
  const objects = projectObjectsOf({
    services: { immudb: {} },
    workloads: { api: { kind: 'http', port: 80, after: ['immudb'] } },
  });
  const script = podOf(objects, 'shop-api').initContainers[0]?.command[7] ?? '';
  const servers: Server[] = [];
  const listening = (greets: boolean): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        if (greets) socket.end(Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0]));
      }).listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
      servers.push(server);
    });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });
  // As much of `nc` as the script uses.
  const folder = mkdtempSync(join(tmpdir(), 'nc-'));
  const program = [
    `#!${process.execPath}`,
    'const [host, port] = process.argv.slice(2);',
    "const socket = require('node:net').connect(Number(port), host);",
    'process.stdin.pipe(socket).pipe(process.stdout);',
  ].join('\n');
  writeFileSync(join(folder, 'nc'), program, { mode: 0o755 });
  const exitCode = async (port: number) => {
    const env = { PATH: `${folder}:${process.env.PATH}`, IMMUDB_ADDRESS: `127.0.0.1:${port}` };
    const [code] = await once(spawn('sh', ['-c', script], { env }), 'exit');
    return code as number;
  };

  test('ends when its gRPC server greets, and goes on while a frozen one only accepts connections', async () => {
    expect(await exitCode(await listening(true))).toBe(0);
    expect(await exitCode(await listening(false))).toBe(1);
  });
});

describeFields(immudb, {}, build, {
  image: {
    given: 'codenotary/immudb:1.11.2',
    seen: (objects) => containerOf(objects, name).image,
    expected: 'codenotary/immudb:1.11.2',
  },
  database: {
    given: 'audit',
    seen: (objects) => environmentOf(containerOf(objects, 'shop-api')).IMMUDB_DATABASE,
    expected: 'audit',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  hostPort: {
    given: 13322,
    seen: (_, hostPorts) => hostPorts,
    expected: [13322, undefined, undefined, undefined],
  },
  pgsqlHostPort: { given: 5433, seen: (_, ports) => ports, expected: [undefined, 5433, undefined, undefined] },
  httpHostPort: { given: 8080, seen: (_, ports) => ports, expected: [undefined, undefined, 8080, undefined] },
  metricsHostPort: { given: 9497, seen: (_, ports) => ports, expected: [undefined, undefined, undefined, 9497] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, name).resources.limits,
    expected: { cpu: '1', memory: '1Gi' },
  },
});

describe('what the workloads get', () => {
  test('address, user, password and database', () => {
    expect(environmentOf(containerOf(build(), 'shop-api'))).toEqual({
      IMMUDB_ADDRESS: 'shop-immudb.shop.svc:3322',
      IMMUDB_USER: 'immudb',
      IMMUDB_PASSWORD: 'secret shop-immudb/IMMUDB_ADMIN_PASSWORD',
      IMMUDB_DATABASE: 'defaultdb',
    });
  });

  test('they wait for its port from an image that has a shell, which its own lacks', () => {
    const [wait] = podOf(build(), 'shop-api').initContainers;
    expect(wait?.image).toMatch(/^busybox:/);
    expect(wait?.command.at(-1)).toContain('$IMMUDB_ADDRESS');
  });
});
