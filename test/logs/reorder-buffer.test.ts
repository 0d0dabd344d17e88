import { describe, expect, test } from '@jest/globals';
import { ReorderBuffer } from '../../src/logs/reorder-buffer.ts';

/** What a buffer that holds items for 10 gives at an instant. A push is [instant, source, time and text]. */
function due(at: number, ...pushes: [number, string, string][]): string {
  const buffer = new ReorderBuffer<{ time: string; text: string }>(10);
  for (const [now, source, text] of pushes) buffer.push(source, { time: text.slice(0, 1), text }, now);
  return buffer
    .due(at)
    .map(({ text }) => text)
    .join(' ');
}

describe('a buffer', () => {
  test.each([
    ['holds what has just come', 9, [[0, 'a', '1a']], ''],
    ['gives what was held long enough', 10, [[0, 'a', '1a']], '1a'],
    [
      'puts it in order',
      10,
      [
        [0, 'a', '2a'],
        [0, 'b', '1b'],
      ],
      '1b 2a',
    ],
    [
      'gives what came later and belongs before it',
      10,
      [
        [0, 'a', '2a'],
        [9, 'b', '1b'],
      ],
      '1b 2a',
    ],
    [
      'holds what belongs after it',
      10,
      [
        [0, 'a', '1a'],
        [9, 'b', '2b'],
      ],
      '1a',
    ],
    [
      'keeps the order of a source',
      10,
      [
        [0, 'a', '3a'],
        [0, 'a', '1a'],
        [0, 'b', '2b'],
      ],
      '2b 3a 1a',
    ],
    [
      'keeps the order of the same time',
      10,
      [
        [0, 'b', '1b'],
        [0, 'a', '1a'],
        [0, 'b', '1c'],
      ],
      '1b 1a 1c',
    ],
  ] as [string, number, [number, string, string][], string][])('%s', (_, at, pushes, expected) => {
    expect(due(at, ...pushes)).toBe(expected);
  });

  test('gives nothing twice', () => {
    const buffer = new ReorderBuffer(10);
    buffer.push('a', { time: '1' }, 0);
    expect([buffer.size, buffer.due(10).length, buffer.due(10).length, buffer.size]).toEqual([1, 1, 0, 0]);
  });
});
