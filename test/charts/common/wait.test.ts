import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../../../charts/common/wait.ts';
import { projectObjectsOf } from '../declared.ts';
import { containerOf, environmentOf, podOf } from '../objects.ts';

const folder = mkdtempSync(join(tmpdir(), 'wait-'));
const answer = join(folder, 'answer');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command of the container, with a limit of its own, and with the folder of the test for its /tmp. */
function command(script: string, limitSeconds: number): [string, string[]] {
  const check = { image: 'busybox:1', script };
  const given = waitFor({ name: 'it', target: 'shop/it', check, variables: [] }).command ?? [];
  expect(given[4]).toBe('300');
  const [program = '', ...rest] = inFolder(given.with(4, String(limitSeconds)));
  return [program, rest];
}

const inFolder = (command: readonly string[]) => command.map((part) => part.replaceAll('/tmp/answer', answer));

function run(script: string, limitSeconds: number) {
  const { status, stdout } = spawnSync(...command(script, limitSeconds), { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

describe('waiting', () => {
  test('ends when what is awaited answers', () => {
    expect(run('true', 60)).toEqual({
      status: 0,
      lines: ['waiting for shop/it, at most 60 s', 'shop/it answers'],
    });
  });

  test('asks again until it does', async () => {
    const path = join(folder, 'up');
    const child = spawn(...command(`test -e ${path}`, 60), { timeout: 10_000 });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    writeFileSync(path, '');
    expect(await ended).toEqual([0, null]);
  });

  test('gives up at its limit, and says what the last answer was', () => {
    expect(run('echo connection refused >&2; false', 5)).toEqual({
      status: 1,
      lines: [
        'waiting for shop/it, at most 5 s',
        // Each answer is told once: the report says what it waits for.
        'no answer yet: connection refused',
        'gave up: shop/it did not answer within 5 s; the last answer was:',
        'connection refused',
      ],
    });
  });

  test('asks again where a server accepts the question and never answers', () => {
    const check = { image: 'busybox:1', script: 'sleep 60 | cat' };
    const given = waitFor({ name: 'it', target: 'shop/it', check, variables: [] }).command ?? [];
    const [program = '', ...rest] = inFolder(
      given.with(4, '2').map((part) => part.replace('question=30', 'question=1')),
    );
    const { status, stdout } = spawnSync(program, rest, { encoding: 'utf8', timeout: 20_000 });
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([1, 'no answer within 1 s']);
  });

  test('stops when it is told to, in the middle of a question, too', async () => {
    const child = spawn(...command('sleep 20', 60), { timeout: 10_000 });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  test('stops when it is told to: a shell that is process 1 would not hear SIGTERM otherwise', async () => {
    const child = spawn(...command('false', 60), { timeout: 10_000 });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const told = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
    expect(performance.now() - told).toBeLessThan(3000);
  });

  test('a check that is a program gets its arguments as they are', () => {
    const check = { image: 'app:1', command: ['printf', '%s|', 'a b', "c'd"] };
    const given = waitFor({ name: 'it', target: 'x', check, variables: [] }).command ?? [];
    const [program = '', ...rest] = inFolder(given);
    spawnSync(program, rest);
    expect(readFileSync(answer, 'utf8')).toBe("a b|c'd|");
  });
});

describe('the containers of a pod that wait', () => {
  const objects = projectObjectsOf({
    uses: { redis: { database: 1 }, minio: { buckets: ['invoices'] } },
    services: { postgres: {}, search: { kind: 'container', image: 'getmeili/meilisearch:v1.15', port: 7700 } },
    secrets: ['STRIPE_API_KEY'],
    workloads: {
      migrate: { kind: 'job', check: ['migrate', '--check'] },
      api: { kind: 'http', port: 80, after: ['migrate', 'search', 'redis', 'postgres', 'minio'] },
    },
  });
  const waits = podOf(objects, 'shop-api').initContainers;
  const named = (name: string) => waits.find((each) => each.name === name) ?? {};

  test('are in the order in which they are declared, since that is the one in which they run', () => {
    expect(waits.map(({ name }) => name)).toEqual([
      'wait-migrate',
      'wait-search',
      'wait-redis',
      'wait-postgres',
      'wait-minio',
    ]);
  });

  test('give up after five minutes', () => {
    expect(waits.map((each) => each.command[4])).toEqual(Array(5).fill('300'));
  });

  test('have the client of what they ask, in the version of the server', () => {
    expect(waits.map(({ image }) => image.split(':')[0])).toEqual([
      'shop-app',
      'busybox',
      'redis',
      'postgres',
      'pgsty/mc',
    ]);
  });

  test('get the variables of what they ask, and no others', () => {
    expect(Object.keys(environmentOf(named('wait-redis')))).toEqual(['REDIS_PASSWORD', 'REDIS_URL']);
    expect(Object.keys(environmentOf(named('wait-postgres')))).toEqual(['POSTGRES_PASSWORD', 'DATABASE_URL']);
  });

  test('a job is asked with its own environment', () => {
    expect(environmentOf(named('wait-migrate'))).toEqual(environmentOf(containerOf(objects, 'shop-migrate')));
  });
});
