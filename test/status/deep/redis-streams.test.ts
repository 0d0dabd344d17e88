import { describe, expect, test } from '@jest/globals';
import { groupTrouble, judgeStreams, parseStreams, userOf } from '../../../src/status/deep/checks/redis-streams.ts';
import { seen } from '../../charts/seen.ts';
import { pod, target } from './targets.ts';

const member = (name: string, pending = 0, seconds = 1) => ({ name, pending, idle: seconds * 1000 });
const group = (lag: number | false | undefined, pending: number, ...members: ReturnType<typeof member>[]) => ({
  name: 'readers',
  lag,
  pending,
  members,
});

describe('a consumer group', () => {
  test.each([
    ['all read', group(0, 0, member('a', 0, 4000)), undefined],
    ['being read', group(12, 3, member('a', 3, 59)), undefined],
    ['nobody reads', group(2, 0), 'NoConsumer'],
    ['one is silent, another reads', group(2, 0, member('a', 0, 4000), member('b', 0, 3)), undefined],
    ['all are silent', group(2, 0, member('a', 0, 4000), member('b', 0, 61)), 'ConsumersIdle'],
    ['Redis can’t tell the lag', group(false, 0, member('a', 0, 4000)), undefined],
    ['before 7.0', group(undefined, 0, member('a', 0, 4000)), undefined],
    ['a long task', group(0, 1, member('a', 1, 599)), undefined],
    ['taken and left', group(0, 1, member('a', 1, 601)), 'Unacknowledged'],
  ])('%s', (_title, given, reason) => {
    expect(groupTrouble(given)?.reason).toBe(reason);
  });

  test('says how much waits, and for how long', () => {
    expect(groupTrouble(group(1, 0, member('a', 0, 300)))?.cause).toBe(
      '1 entry waits for group readers, and no consumer has read for 5 min',
    );
    expect(groupTrouble(group(0, 3, member('a', 2, 700), member('b', 1, 7200)))?.cause).toBe(
      '2 consumers of group readers took 3 entries and acknowledged nothing; b has been silent for 2 h',
    );
  });
});

describe('streams', () => {
  test('are read from what the script prints: empty lists are {} in the JSON of Lua', () => {
    const text =
      '[{"database":1,"key":"cards","groups":{}},{"database":2,"key":"x","groups":[{"name":"g","pending":0,"lag":1,"members":{}}]}]';
    expect(parseStreams(text).map(({ groups }) => groups)).toEqual([
      [],
      [{ name: 'g', pending: 0, lag: 1, members: [] }],
    ]);
  });

  test.each(['{}', 'NOAUTH Authentication required.\n', ''])('there are none in %j', (text) => {
    expect(parseStreams(text)).toEqual([]);
  });

  const redis = { ...pod('redis', 'broker') };
  const reader = pod('card-reader', 'worker', {
    env: [{ name: 'REDIS_URL', value: 'redis://default:$(REDIS_PASSWORD)@monorepo-redis.monorepo.svc:6379/1' }],
  } as object);
  const answer = (name: string, consumer: string) => ({
    code: 0,
    stderr: '',
    stdout: JSON.stringify([
      { database: 1, key: "o'clock", groups: [{ ...group(5, 0, member(consumer, 0, 90)), name }] },
    ]),
  });

  test('belong to the namespace that is told to use their database', () => {
    expect([userOf(1, [redis, reader]), userOf(11, [redis, reader])]).toEqual(['turfoo', undefined]);
  });

  test.each([
    ['a group that is called like a workload', 'card-reader', 'c1', 'turfoo-card-reader'],
    ['a consumer that is called like a pod', 'g', 'turfoo-card-reader-0', 'turfoo-card-reader'],
    ['nobody known', 'g', 'c1', "stream o'clock"],
  ])('are told of who reads them: %s', (_title, name, consumer, object) => {
    const [finding] = judgeStreams(answer(name, consumer), target(redis, [reader]));
    expect(finding).toMatchObject({ namespace: 'turfoo', object, status: 'degraded', reason: 'ConsumersIdle' });
    const typed = / -- (sh -c .*)$/.exec(finding?.advice ?? '')?.[1] ?? '';
    const asked = seen('redis-cli', 'sh', ['-c', typed], {}, 'true', { 'run/secrets/redis/REDIS_PASSWORD': 'geheim' });
    expect(asked).toMatchObject({ args: ['-n', '1', 'xinfo', 'consumers', "o'clock", name], password: 'geheim' });
  });
});
