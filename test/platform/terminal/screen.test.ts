import { describe, expect, test } from '@jest/globals';
import { shown } from '../../../src/platform/terminal/paint.ts';
import { cut, fitted, repaint } from '../../../src/platform/terminal/screen.ts';

describe('a screen', () => {
  const shownRepaint = (...lines: Parameters<typeof repaint>) => shown(repaint(...lines));

  test('is painted as a whole first, then only where it differs', () => {
    expect(shownRepaint(undefined, ['a'])).toBe('\u001B[H\u001B[2J\u001B[1;1Ha\u001B[0m\u001B[K');
    expect(shownRepaint(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\u001B[2;1Hx\u001B[0m\u001B[K');
    expect(shownRepaint(['a', 'b'], ['a', 'b'])).toBe('');
  });

  test('loses lines that are no longer there', () => {
    expect(shownRepaint(['a', 'b'], ['a'])).toBe('\u001B[2;1H\u001B[0m\u001B[K');
  });

  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['\u001B[31mabc\u001B[0m', 3, '\u001B[31mabc\u001B[0m'],
    ['\u001B[31mabcd\u001B[0m', 3, 'ab…'],
  ])('cuts %j to %s columns', (line, columns, expected) => expect(cut(line, columns)).toBe(expected));

  test('says how many lines it has no room for', () => {
    expect(fitted(['a', 'b', 'c', 'd'], 3, 80)).toEqual(['a', 'b', '… 2 more lines']);
    expect(fitted(['a', 'b', 'c'], 3, 80)).toEqual(['a', 'b', 'c']);
  });
});
