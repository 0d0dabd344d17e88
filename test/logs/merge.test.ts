import { describe, expect, test } from '@jest/globals';
import { merge } from '../../src/logs/merge.ts';

type Item = { time: string; text: string };

/** `1a` is the text "1a" at the time "1". */
const items = (...texts: string[]): Item[] => texts.map((text) => ({ time: text.slice(0, 1), text }));

async function* source(...batches: string[][]): AsyncGenerator<Item[]> {
  for (const batch of batches) yield items(...batch);
}

async function merged(...sources: AsyncIterable<Item[]>[]): Promise<string> {
  const out: string[] = [];
  for await (const batch of merge(sources)) out.push(...batch.map(({ text }) => text));
  return out.join(' ');
}

describe('merging by time', () => {
  test.each([
    ['of nothing is nothing', [], ''],
    ['of one source is that source', [[['1a', '2a'], ['3a']]], '1a 2a 3a'],
    ['puts sources in order', [[['1a', '4a'], ['5a']], [['2b', '3b', '6b']]], '1a 2b 3b 4a 5a 6b'],
    ['takes the first of the same time first', [[['1a', '2a']], [['1b', '2b']], [['1c']]], '1a 1b 1c 2a 2b'],
    ['keeps the order of a source', [[['3a', '1a', '4a']], [['2b', '5b']]], '2b 3a 1a 4a 5b'],
    ['goes on where a batch is empty', [[[], ['1a'], [], ['3a'], []], [['2b']], [[]]], '1a 2b 3a'],
  ] as [string, string[][][], string][])('%s', async (_, sources, expected) => {
    expect(await merged(...sources.map((batches) => source(...batches)))).toBe(expected);
  });

  test('puts many sources in order, whatever the sizes of their batches', async () => {
    const all = Array.from({ length: 600 }, (_, n) => ({ time: String((n * 7919) % 601).padStart(3, '0'), text: '' }));
    const sources = Array.from({ length: 7 }, async function* (_, which) {
      const own = all.filter((_, n) => n % 7 === which).sort((one, other) => (one.time < other.time ? -1 : 1));
      for (let at = 0; at < own.length; at += which + 1) yield own.slice(at, at + which + 1);
    });
    const times: string[] = [];
    for await (const batch of merge(sources)) times.push(...batch.map(({ time }) => time));
    expect(times).toEqual(all.map(({ time }) => time).sort());
  });

  test('reads no source further than it must', async () => {
    let read = 0;
    async function* counted() {
      for (; read < 100; read++) yield items(`${read % 10}x`);
    }
    const both = merge([counted(), source(['0b'], ['9b'])]);
    for (let batch = 0; batch < 3; batch++) await both.next();
    expect(read).toBeLessThan(4);
    await both.return(undefined);
  });

  test('closes all sources when nobody reads on', async () => {
    const closed: string[] = [];
    async function* endless(name: string) {
      try {
        for (;;) yield items(`1${name}`);
      } finally {
        closed.push(name);
      }
    }
    for await (const _ of merge([endless('a'), endless('b')])) break;
    expect(closed.sort()).toEqual(['a', 'b']);
  });

  test('fails when a source fails', async () => {
    async function* broken(): AsyncGenerator<Item[]> {
      yield items('1a');
      throw new Error('broke off');
    }
    await expect(merged(broken(), source(['2b']))).rejects.toThrow('broke off');
  });
});
