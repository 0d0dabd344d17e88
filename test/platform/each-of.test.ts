import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { eachOf } from '../../src/platform/each-of.ts';

const items = Array.from({ length: 30 }, (_, index) => index);

test('each item is done once, and no more at once than may be', async () => {
  const done: number[] = [];
  let [running, most] = [0, 0];
  await eachOf(
    items,
    async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(1);
      running -= 1;
      done.push(item);
    },
    { atOnce: 3 },
  );
  expect(done.sort((one, other) => one - other)).toEqual(items);
  expect(most).toBe(3);
});

test('after the first failure nothing is begun, and what is under way has ended when the failure comes', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const working = eachOf(
    items,
    async (item, signal) => {
      begun.push(item);
      if (item === 1) {
        await sleep(5);
        throw new Error('item 1 failed');
      }
      // It heeds the signal in its own time.
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await sleep(20);
      ended.push(item);
    },
    { atOnce: 4 },
  );
  await expect(working).rejects.toThrow('item 1 failed');
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(ended).toEqual([0, 2, 3]);
  await sleep(20);
  expect(begun).toHaveLength(4);
});

test('a signal ends it', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const working = eachOf(
    items,
    async (item) => {
      begun.push(item);
      await sleep(1);
      if (item === 5) controller.abort(new Error('interrupted'));
    },
    { atOnce: 1, signal: controller.signal },
  );
  await expect(working).rejects.toThrow('interrupted');
  expect(begun).toHaveLength(6);
});
