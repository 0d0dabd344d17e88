import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { context, kubectl, setUp, tearDown } from './environment.ts';
import { type Frozen, noAnswer, reported, restarted } from './faults/freeze.ts';
import { onNode } from './faults/node.ts';
import { Reports } from './faults/reports.ts';
import { eventually } from './run.ts';

jest.setTimeout(900_000);

const program = join(import.meta.dirname, '..', '..', 'bin', 'repoctl.mjs');
const environment = setUp();
const reports = new Reports(environment.root);

/** What nothing else waits for; in development a program is in front of Celery and of the API that starts them again. */
const leaves: readonly Frozen[] = [
  { object: 'monorepo-redis-insight', container: 'redis-insight', cause: noAnswer('/api/health/', 5540) },
  { object: 'turfoo-pgadmin', container: 'pgadmin', cause: noAnswer('/misc/ping', 5050) },
  { object: 'turfoo-api', container: 'api', processes: 'all', cause: noAnswer('/ready', 8000) },
  {
    object: 'turfoo-celery-worker',
    container: 'celery-worker',
    processes: 'child',
    cause: /heartbeat was touched \d+ s ago, not within 15 s/,
  },
  {
    object: 'turfoo-celery-beat',
    container: 'celery-beat',
    processes: 'child',
    cause: /tick was touched \d+ s ago, not within 15 s/,
  },
];

const servers: readonly Frozen[] = [
  { object: 'monorepo-redis', container: 'redis', cause: /no answer to PING within 3 s/ },
  { object: 'monorepo-minio', container: 'minio', cause: noAnswer('/minio/health/ready', 9000) },
  { object: 'turfoo-postgres', container: 'postgres', cause: /pg_isready.*no response/ },
];

const immudb: Frozen = { object: 'turfoo-immudb', container: 'immudb', cause: /immuadmin status.*timed out/ };

/** Restarted after five minutes, so that a broker that is away does not restart them; the others after a minute and a half. */
const isPatient = ({ object }: Frozen): boolean => object.includes('celery');

/** What the processes of the node were started with, over the time of a start. */
const commandLines = new Set<string>();

beforeAll(async () => {
  const child = spawn(process.execPath, [program, 'infra', 'project', 'start', 'turfoo', '--context', context], {
    cwd: environment.root,
    stdio: 'inherit',
  });
  const end = { status: undefined as number | null | undefined };
  child.once('close', (status) => {
    end.status = status;
  });
  const read = "for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$each; echo; done 2>/dev/null; true";
  while (end.status === undefined) {
    for (const line of onNode(read).split('\n')) commandLines.add(line);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(end.status).toBe(0);
});

afterAll(() => tearDown(environment));

test('no password is an argument of any process', () => {
  const { stdout } = kubectl('get', 'secrets', '-A', '-l', 'app.kubernetes.io/managed-by=repoctl', '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: { data?: Record<string, string> }[] };
  const values = items
    .flatMap(({ data = {} }) => Object.values(data).map((value) => Buffer.from(value, 'base64').toString()))
    .filter((value) => value.length > 12);
  expect(values.length).toBeGreaterThan(5);
  const lines = [...commandLines];
  expect(lines.some((line) => line.includes('redis-server'))).toBe(true);
  expect(lines.some((line) => line.startsWith('sh -c'))).toBe(true);
  expect(lines.filter((line) => values.some((value) => line.includes(value)))).toEqual([]);
});

describe('a process that is stopped', () => {
  const everywhere = [...leaves, ...servers, ...(environment.hasImmudb ? [immudb] : [])];

  test('is reported within 45 s with its cause, in each service that nothing waits for', () =>
    reported(reports, leaves));

  test('is reported within 45 s with its cause, in each server that others wait for', () => reported(reports, servers));

  (environment.hasImmudb ? test : test.skip)('is reported within 45 s with its cause, in ImmuDB', () =>
    reported(reports, [immudb]),
  );

  test('is restarted by its liveness probe after a minute and a half', () =>
    restarted(
      everywhere.filter((each) => !isPatient(each)),
      300,
    ));

  test('is restarted after five minutes in Celery', () => restarted(everywhere.filter(isPatient), 400));

  test('leaves everything healthy', async () => {
    await eventually('all is healthy', 240, () => {
      const { status, stdout } = reports.run('--deep');
      if (status !== 0) throw new Error(stdout);
    });
  });
});
