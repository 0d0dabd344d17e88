import { describe, expect, test } from '@jest/globals';
import { painter } from '../../../src/platform/terminal/paint.ts';
import { tableLines } from '../../../src/platform/terminal/text-table.ts';

describe('tableLines', () => {
  test('aligns columns, and leaves no space at the end of a line', () => {
    expect(
      tableLines([
        ['NAME', 'PORT', 'NOTE'],
        ['turfoo', '1', ''],
        ['x', '15432', 'y'],
      ]),
    ).toEqual(['NAME    PORT   NOTE', 'turfoo  1', 'x       15432  y']);
  });

  test('gives colours no width', () => {
    expect(
      tableLines([
        ['\u001B[32mok\u001B[0m', 'a'],
        ['fail', 'b'],
      ])[0],
    ).toBe('\u001B[32mok\u001B[0m    a');
  });
});

describe('painter', () => {
  const painted = (isTTY: boolean, environment: Record<string, string>) => {
    const before = { ...process.env };
    for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM']) delete process.env[name];
    Object.assign(process.env, environment);
    try {
      return painter({ isTTY })('red', 'x') !== 'x';
    } finally {
      process.env = before;
    }
  };

  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ])('on a terminal: %s, with %j: %s', (isTTY, environment, colour) =>
    expect(painted(isTTY, environment as never)).toBe(colour),
  );
});
