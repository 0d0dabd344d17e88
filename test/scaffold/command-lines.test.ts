import { describe, expect, test } from '@jest/globals';
import { celeryCommand } from '../../src/scaffold/celery-command.ts';
import { interpolate } from '../../src/scaffold/compose-interpolation.ts';
import { composePort } from '../../src/scaffold/compose-ports.ts';
import { dockerfileFacts } from '../../src/scaffold/dockerfile.ts';
import { healthRoutes } from '../../src/scaffold/health-route.ts';
import { leadsTo } from '../../src/scaffold/patterns.ts';
import { asName } from '../../src/scaffold/project-name.ts';
import { shellWords } from '../../src/scaffold/shell-words.ts';

describe('words of a command line', () => {
  test.each([
    ['python worker.py', ['python', 'worker.py']],
    ['  sh -c "a && b"  ', ['sh', '-c', 'a && b']],
    [`echo 'it is' "\\"so\\""x`, ['echo', 'it is', '"so"x']],
    ['a\\ b c', ['a b', 'c']],
    ["''", ['']],
    ['', []],
    ['"never closed', undefined],
  ])('%j', (line, expected) => expect(shellWords(line)).toEqual(expected));
});

describe('variables of a compose file', () => {
  const values = { A: 'a', EMPTY: '' };
  test.each([
    ['$A-${A}', 'a-a', []],
    ['${B:-b}${B-c}', 'bc', []],
    ['${EMPTY:-b}|${EMPTY-b}', 'b|', []],
    ['${A:+x}${B:+y}', 'x', []],
    ['${B}/${C:?needed}', '/', ['B', 'C']],
    ['$$A', '$A', []],
  ])('%j', (text, expected, unknown) => expect(interpolate(text, values)).toEqual({ text: expected, unknown }));
});

describe('ports of a compose file', () => {
  test.each([
    ['8000:8001', { container: 8001, host: 8000 }],
    ['127.0.0.1:8000:8001/tcp', { container: 8001, host: 8000 }],
    ['8001', { container: 8001 }],
    [
      { target: 80, published: '8080' },
      { container: 80, host: 8080 },
    ],
    ['53:53/udp', expect.stringContaining('port 53:53/udp is not carried over')],
    ['8000-8010:8000-8010', expect.stringContaining('not carried over')],
  ])('%j', (given, expected) => expect(composePort(given)).toEqual(expected));
});

describe('Celery command lines', () => {
  const celery = (line: string) => celeryCommand(shellWords(line));
  test.each([
    ['celery -A shop.tasks worker', { kind: 'celery-worker', fields: { app: 'shop.tasks' } }],
    [
      'celery --app=shop worker -Q a,b -c 4 -P threads -l debug -n w@%h --max-tasks-per-child=10',
      {
        kind: 'celery-worker',
        fields: {
          app: 'shop',
          queues: ['a', 'b'],
          concurrency: 4,
          pool: 'threads',
          logLevel: 'DEBUG',
          options: ['--max-tasks-per-child', '10'],
        },
      },
    ],
    [
      'sh -c "celery -A shop beat -l info -s /data/s"',
      { kind: 'celery-beat', fields: { app: 'shop', logLevel: 'INFO' } },
    ],
    ['celery -A shop worker -B', { kind: 'celery-worker', fields: { app: 'shop' }, withBeat: true }],
  ])('%j', (line, expected) => expect(celery(line)).toEqual({ withBeat: false, ...expected }));

  test.each(['python worker.py', 'celery -A shop flower', 'celery worker', 'sh -c "migrate && celery -A shop worker"'])(
    '%j is none',
    (line) => expect(celery(line)).toBeUndefined(),
  );
});

test('a Dockerfile tells the ports and the user of its last stage', () => {
  expect(dockerfileFacts('FROM a\nUSER 0\nEXPOSE 80/tcp \\\n  443\nUSER 1001:1002\n')).toEqual({
    ports: [80, 443],
    user: 1001,
    group: 1002,
  });
  expect(dockerfileFacts('FROM a\nUSER root')).toEqual({ ports: [] });
});

test('health routes are texts of their own in sources', () => {
  expect(
    healthRoutes(`@app.get("/healthz")\nmux.Handle('GET /api/health', h)\nx = "/healthy" + "/users/health"`),
  ).toEqual(['/healthz', '/api/health']);
});

test.each([
  ['backends/*', 'backends/a', true],
  ['backends/*', 'backends/a/b', false],
  ['backends/*', 'backends/.a', false],
  ['apps/svc-*', 'apps/web', false],
  ['./api/', 'api', true],
])('the pattern %s leads to %s: %s', (pattern, folder, expected) => expect(leadsTo(pattern, folder)).toBe(expected));

test.each([
  ['My Shop_2', 'my-shop-2'],
  ['2fast', 'fast'],
  ['---', 'app'],
  [`${'a'.repeat(39)}-b`, 'a'.repeat(39)],
])('the text %j as a name is %s', (given, expected) => expect(asName(given)).toBe(expected));
