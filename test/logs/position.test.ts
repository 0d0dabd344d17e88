import { describe, expect, test } from '@jest/globals';
import { Position } from '../../src/logs/position.ts';

/** `1.5a` is the text "a" at a second and a half past nine. */
function line(given: string) {
  const [, second = '', fraction = '', text = ''] = /^(\d)\.(\d)(.*)$/.exec(given) ?? [];
  return { time: `2026-01-31T09:00:0${second}.${fraction.padEnd(9, '0')}Z`, text };
}

const accepted = (position: Position, lines: string) =>
  lines
    .split(' ')
    .filter((each) => position.accept(line(each)))
    .join(' ');

describe('after a broken connection', () => {
  test.each([
    ['nothing is new', '1.1a 1.2b', '1.1a 1.2b', ''],
    ['what is new is told from what was seen', '1.1a 1.2b', '1.1a 1.2b 1.3c', '1.3c'],
    ['lines of the same time are counted', '1.1a 1.1b', '1.1a 1.1b 1.1c 1.1d', '1.1c 1.1d'],
    ['the same text at the same time is another line', '1.1a', '1.1a 1.1a', '1.1a'],
    ['the server begins with the second before', '1.9a 2.1b', '1.9a 2.1b 2.2c', '2.2c'],
    ['lines may be out of order', '2.2b 2.1a 2.3c', '2.2b 2.1a 2.3c 2.4d', '2.4d'],
    ['a line that comes late, in the second before, is new', '1.8a 2.1b', '1.8a 1.9x 2.1b', '1.9x'],
    ['the log may have been cut by a rotation', '1.1a 1.2b 1.3c', '1.3c 1.4d', '1.4d'],
    ['everything may be gone', '1.1a', '2.1b', '2.1b'],
  ])('%s', (_, before, after, expected) => {
    const position = new Position();
    position.begin();
    expect(accepted(position, before)).toBe(before);
    position.begin();
    expect(accepted(position, after)).toBe(expected);
    position.begin();
    expect(accepted(position, after)).toBe('');
  });

  test('the log is asked for from the second before the last line', () => {
    const position = new Position({ since: line('0.5').time, tail: 7 });
    expect(position.begin()).toEqual({ sinceTime: '2026-01-31T09:00:00Z', tailLines: '7' });
    accepted(position, '1.1a 3.5b 3.4c');
    expect(position.begin()).toEqual({ sinceTime: '2026-01-31T09:00:02Z' });
  });

  test('a connection that broke before anything was repeated does not count', () => {
    const position = new Position();
    accepted(position, '1.1a 1.2b');
    position.begin();
    accepted(position, '1.1a');
    position.begin();
    expect(accepted(position, '1.1a 1.2b 1.3c')).toBe('1.3c');
  });
});

describe('the beginning', () => {
  test('is the whole log, unless it is given', () => {
    expect(new Position().begin()).toEqual({});
    expect(new Position({ tail: 0 }).begin()).toEqual({ tailLines: '0' });
  });

  test('is exact, though the server takes whole seconds only', () => {
    const position = new Position({ since: line('1.5').time });
    position.begin();
    expect(accepted(position, '1.4a 1.5b 1.6c')).toBe('1.5b 1.6c');
  });

  test('with a tail is its first line, also after a broken connection', () => {
    const position = new Position({ tail: 2 });
    accepted(position, '1.3c 1.4d');
    position.begin();
    expect(accepted(position, '1.1a 1.2b 1.3c 1.4d 1.5e')).toBe('1.5e');
  });
});
