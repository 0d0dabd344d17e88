import { describe, expect, test } from '@jest/globals';
import { programEnd } from '../../../src/cluster/program-end.ts';
import { judgeLogin as judgeCassandra } from '../../../src/status/deep/checks/cassandra.ts';
import { judgeAge } from '../../../src/status/deep/checks/file-age.ts';
import { judgeLogin, judgeQuery } from '../../../src/status/deep/checks/immudb.ts';
import { judgeIndexes } from '../../../src/status/deep/checks/opensearch.ts';
import { judgeSelect } from '../../../src/status/deep/checks/postgres.ts';
import { judgeAlarms } from '../../../src/status/deep/checks/rabbitmq.ts';
import { judgePing } from '../../../src/status/deep/checks/redis-ping.ts';
import { judgeRoute } from '../../../src/status/deep/checks/route.ts';
import { pod, target } from './targets.ts';

const summary = (judgement: object) => {
  const { status, reason, cause } = judgement as { status: string; reason: string; cause?: string };
  return [status, reason, cause];
};

describe('Redis, asked PING', () => {
  const redis = target(pod('redis', 'broker'));
  test.each([
    ['PONG\n', '', 0, 'healthy', 'Answers'],
    ['LOADING Redis is loading the dataset in memory\n\n', '', 0, 'progressing', 'Loading'],
    ['NOAUTH Authentication required.\n\n', '', 0, 'healthy', 'Answers'],
    [
      'NOAUTH Authentication required.\n\n',
      'AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n',
      0,
      'degraded',
      'WrongPassword',
    ],
    ['BUSY Redis is busy running a script.\n\n', '', 0, 'degraded', 'Busy'],
    ['MISCONF Redis is configured to save RDB snapshots, but …\n', '', 0, 'degraded', 'CannotPersist'],
    ['', 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n', 1, 'degraded', 'NoPong'],
    ['', '', 0, 'degraded', 'NoPong'],
    ['PONGO\n', '', 0, 'degraded', 'NoPong'],
  ])('%j %j', (stdout, stderr, code, status, reason) => {
    expect(judgePing({ code, stdout, stderr }, redis)).toMatchObject({ status, reason });
  });

  test('says what came instead of PONG', () => {
    expect(judgePing({ code: 7, stdout: '', stderr: '' }, redis).cause).toBe(
      'PING is answered by nothing (exit code 7)',
    );
  });

  test('a wrong password is repaired by a restart, which takes that of the Secret', () => {
    expect(judgePing({ code: 0, stdout: '', stderr: 'AUTH failed' }, redis).advice).toBe(
      'kubectl --context kind-test -n turfoo rollout restart statefulset/turfoo-redis',
    );
  });
});

describe('OpenSearch, asked for its health', () => {
  test.each([
    [200, '{"status":"green"}', 'healthy', 'Answers', undefined],
    [200, '{"status":"yellow"}', 'healthy', 'Answers', undefined],
    [200, '{"status":"red","unassigned_shards":3}', 'degraded', 'IndexesMissing', '3 parts of indexes are missing'],
    [200, 'hello', 'degraded', 'IndexesMissing', 'GET /_cluster/health answers without a status'],
    [503, '', 'degraded', 'HTTP503', 'GET /_cluster/health answers 503'],
  ])('%s %j', (status, body, verdict, reason, cause) => {
    const judgement = judgeIndexes({ status, body }, target(pod('opensearch', 'search')), '/_cluster/health');
    expect(summary(judgement)).toEqual([verdict, reason, cause]);
  });
});

describe('Cassandra, logged in to', () => {
  test.each([
    [0, '', 'healthy', 'Answers', undefined],
    [
      1,
      'Provided username shop and/or password are incorrect\n',
      'degraded',
      'WrongPassword',
      'it rejects the password of its Secret: its data was created with another password',
    ],
    [1, '[Errno 111] Connection refused\n', 'degraded', 'NoAnswer', expect.stringContaining('Connection refused')],
    [1, 'timed out\n', 'degraded', 'NoAnswer', 'it does not answer on its port: timed out'],
    [1, 'Cannot achieve consistency level ONE\n', 'degraded', 'QueryFailed', expect.stringContaining('level ONE')],
  ])('%s %j', (code, stderr, status, reason, cause) => {
    const judgement = judgeCassandra({ code, stdout: '', stderr }, target(pod('cassandra', 'database')));
    expect(summary(judgement)).toEqual([status, reason, cause]);
  });
});

describe('RabbitMQ, asked for alarms', () => {
  const rabbitmq = target(pod('rabbitmq', 'queue'));
  const answer = (status: number, body: object) =>
    `HTTP/1.1 ${status} Some\r\nserver: Cowboy\r\n\r\n${JSON.stringify(body)}`;
  test.each([
    [answer(200, { status: 'ok' }), '', 'healthy', 'Answers', undefined],
    [answer(401, { error: 'not_authorized' }), '', 'degraded', 'WrongPassword', expect.stringContaining('rejects')],
    [
      answer(503, { reason: 'There are alarms', alarms: [{ node: 'rabbit@localhost', resource: 'memory' }] }),
      '',
      'degraded',
      'Alarm',
      'its memory is full: it takes no messages until some are consumed',
    ],
    [answer(503, { alarms: [{ resource: 'ink' }] }), '', 'degraded', 'Alarm', 'the alarm "ink"'],
    [answer(500, { reason: 'boom' }), '', 'degraded', 'CheckFailed', 'its check of alarms answers 500: boom'],
    [
      '',
      'bash: connect: Connection refused\n',
      'degraded',
      'NoAnswer',
      'its management page does not answer: bash: connect: Connection refused',
    ],
  ])('%j %j', (stdout, stderr, status, reason, cause) => {
    expect(summary(judgeAlarms({ code: 0, stdout, stderr }, rabbitmq))).toEqual([status, reason, cause]);
  });
});

describe('PostgreSQL, asked SELECT 1', () => {
  const postgres = target(pod('postgres', 'database'));
  const fatal = (text: string) =>
    `psql: error: connection to server at "turfoo-postgres-0" (10.244.0.9), port 5432 failed: FATAL:  ${text}\n`;
  test.each([
    ['1\n', '', 0, 'healthy', 'Answers', undefined],
    ['isready 1\n', '', 0, 'progressing', 'Starting', 'it rejects connections: it is starting or recovering'],
    ['isready 2\n', '', 0, 'degraded', 'NoAnswer', expect.stringContaining('does not answer on its port')],
    ['isready 124\n', '', 0, 'degraded', 'NoAnswer', expect.stringContaining('does not answer on its port')],
    ['', fatal('password authentication failed for user "turfoo"'), 2, 'degraded', 'WrongPassword', expect.any(String)],
    [
      '',
      fatal('database "turfoo" does not exist'),
      2,
      'degraded',
      'NotInDatabase',
      'database "turfoo" does not exist: its data was created for another database or user',
    ],
    [
      '',
      fatal('sorry, too many clients already'),
      2,
      'degraded',
      'TooManyConnections',
      'sorry, too many clients already',
    ],
    [
      '',
      fatal('the database system is starting up'),
      2,
      'progressing',
      'Starting',
      'the database system is starting up',
    ],
    ['', 'sh: psql: not found\n', 127, 'degraded', 'QueryFailed', 'SELECT 1 fails: sh: psql: not found'],
    ['', '', 3, 'degraded', 'QueryFailed', 'SELECT 1 fails: exit code 3'],
  ])('%j %j', (stdout, stderr, code, status, reason, cause) => {
    expect(summary(judgeSelect({ code, stdout, stderr }, postgres))).toEqual([status, reason, cause]);
  });
});

describe('a route', () => {
  const api = target(pod('api', 'http'));
  const status = (message: string, reason: string) =>
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason });
  test.each([
    [200, 'ok', 'healthy', 'Answers', undefined],
    [307, '', 'healthy', 'Answers', undefined],
    [404, '<html><body>Not Found</body></html>', 'degraded', 'HTTP404', 'GET /ready answers 404'],
    [503, '{"detail":"redis is away"}', 'degraded', 'HTTP503', 'GET /ready answers 503: {"detail":"redis is away"}'],
    [403, '{"detail":"no"}', 'degraded', 'HTTP403', 'GET /ready answers 403: {"detail":"no"}'],
    [
      403,
      status('services "turfoo-api:8000" is forbidden: User "eve" cannot get resource "services/proxy"', 'Forbidden'),
      'unknown',
      'Forbidden',
      expect.stringContaining('cannot get resource "services/proxy"'),
    ],
    [
      503,
      status(
        'error trying to reach service: dial tcp 10.244.0.9:8000: connect: connection refused',
        'ServiceUnavailable',
      ),
      'degraded',
      'NotReachable',
      'GET /ready: dial tcp 10.244.0.9:8000: connect: connection refused',
    ],
  ])('%i %s', (code, body, expected, reason, cause) => {
    expect(summary(judgeRoute({ status: code, body }, '/ready', api))).toEqual([expected, reason, cause]);
  });

  test('of MinIO says what it means', () => {
    expect(judgeRoute({ status: 503, body: '' }, '/minio/health/cluster', api, 'no write quorum').cause).toBe(
      'GET /minio/health/cluster answers 503: no write quorum',
    );
  });
});

describe('the age of a file', () => {
  const worker = target(pod('celery-worker', 'worker'));
  const mark = { path: '/tmp/repoctl/heartbeat', maxAge: 60, what: 'heartbeat', meaning: 'it is stuck' };
  test.each([
    ['1700000060\n1700000000\n', '', 'healthy', undefined],
    ['1700000061\n1700000000\n', '', 'degraded', 'no heartbeat for 61 s: it is stuck'],
    ['1700000000\n1700000005\n', '', 'healthy', undefined],
    ['1700000000\n', "stat: cannot statx '/tmp/x': No such file or directory\n", 'degraded', expect.any(String)],
    ['', 'sh: date: not found\n', 'unknown', expect.stringContaining('sh: date: not found')],
  ])('%j %j', (stdout, stderr, status, cause) => {
    expect(judgeAge({ code: 0, stdout, stderr }, mark, worker)).toMatchObject({ status, ...(cause && { cause }) });
  });
});

describe('immudb', () => {
  const immudb = target(pod('immudb', 'database'));
  const body = (object: object) => JSON.stringify(object);
  test('lets in, and gives a token', () => {
    expect(judgeLogin({ status: 200, body: body({ token: 'v2.public.x', warning: '' }) }, immudb)).toBe('v2.public.x');
  });

  test.each([
    [
      500,
      body({ error: 'invalid user name or password', code: 2, message: 'invalid user name or password' }),
      'WrongPassword',
    ],
    [500, body({ message: 'too many sessions' }), 'LoginFailed'],
    [200, '<html>', 'LoginFailed'],
  ])('does not let in: %i %s', (status, answer, reason) => {
    expect(judgeLogin({ status, body: answer }, immudb)).toMatchObject({ status: 'degraded', reason });
  });

  test.each([
    [200, body({ columns: [], rows: [{ values: [{ n: '1' }] }] }), 'healthy'],
    [200, body({}), 'degraded'],
    [500, body({ message: 'index is corrupted' }), 'degraded'],
  ])('answers a query: %i %s', (status, answer, expected) => {
    expect(judgeQuery({ status, body: answer }, immudb).status).toBe(expected);
  });
});

test.each([
  ['{"metadata":{},"status":"Success"}', { code: 0 }],
  [
    '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"2"}]}}',
    { code: 2 },
  ],
  ['{"status":"Failure","reason":"InternalError","message":"no sh"}', { failure: 'no sh' }],
  ['', { failure: 'the connection ended before the program did' }],
])('the end of a program: %s', (text, end) => {
  expect(programEnd(text)).toEqual(end);
});
