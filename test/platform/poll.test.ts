import { describe, expect, test } from '@jest/globals';
import { poll } from '../../src/platform/poll.ts';

const expired = (why: string | undefined) => new Error(`not in time: ${why}`);
const quick = { timeout: 10_000, interval: 1 };

describe('poll', () => {
  test('asks until there is an answer, and says each reason once while it lasts', async () => {
    const said: string[] = [];
    const reasons = ['one', 'one', 'two', 'two', 'one'];
    const answer = await poll(
      async (waiting) => {
        const why = reasons.shift();
        return why ? waiting(why) : 'done';
      },
      expired,
      { ...quick, report: (why) => said.push(why) },
    );
    expect(answer).toBe('done');
    expect(said).toEqual(['one', 'two', 'one']);
  });

  test('takes 0 and an empty text for answers, and false and undefined for none', async () => {
    const given: (number | string | false | undefined)[] = [undefined, false, 0];
    expect(await poll(async () => given.shift(), expired, quick)).toBe(0);
    expect(await poll(async () => '', expired, quick)).toBe('');
  });

  test('asks at least once, and fails after its time with what was waited for last', async () => {
    let asked = 0;
    const asking = poll(
      async (waiting) => {
        asked += 1;
        return waiting(`question ${asked}`);
      },
      expired,
      { timeout: 0 },
    );
    await expect(asking).rejects.toThrow('not in time: question 1');
  });

  test('fails at once with what the question fails with', async () => {
    let asked = 0;
    const asking = poll(
      async () => {
        asked += 1;
        throw new Error('forbidden');
      },
      expired,
      quick,
    );
    await expect(asking).rejects.toThrow('forbidden');
    expect(asked).toBe(1);
  });

  test('ends with its signal, also while it pauses', async () => {
    const controller = new AbortController();
    const asking = poll(
      async () => {
        setTimeout(() => controller.abort(new Error('interrupted')), 10);
        return undefined;
      },
      expired,
      { timeout: 600_000, interval: 600_000, signal: controller.signal },
    );
    await expect(asking).rejects.toThrow('interrupted');
    await expect(poll(async () => 1, expired, { ...quick, signal: controller.signal })).rejects.toThrow('interrupted');
  });
});
