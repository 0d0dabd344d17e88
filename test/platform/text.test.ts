import { describe, expect, test } from '@jest/globals';
import { counted, lastLine, lastLines, memory, oneLine, printable, size, span } from '../../src/platform/text.ts';

test.each([
  [0, '0 bytes', '0 B'],
  [999, '999 bytes', '999 B'],
  [1000, '1.0 kB', '1000 B'],
  [1024, '1.0 kB', '1 KiB'],
  [12_345_678, '12.3 MB', '11.8 MiB'],
  [1.5 * 2 ** 30, '1.6 GB', '1.5 GiB'],
  [2 ** 51, '2251.8 TB', '2048 TiB'],
])('%d bytes are %s of a file and %s of memory', (bytes, file, ram) =>
  expect([size(bytes), memory(bytes)]).toEqual([file, ram]),
);

test.each([
  [0, '0 projects'],
  [1, '1 project'],
  [2, '2 projects'],
])('%d is counted', (count, text) => expect(counted(count, 'project')).toBe(text));

test.each([
  [-1, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7200, '2 h'],
  [200_000, '2 d'],
])('%d seconds are %s', (seconds, text) => expect(span(seconds)).toBe(text));

describe('a message', () => {
  test('is one line, without what a terminal would obey', () => {
    expect(oneLine(' a\n\u001B[2J b\u202E\t\u009Bc ')).toBe('a b');
  });

  test('loses its middle where it gets too long', () => {
    const line = oneLine(`begin ${'x'.repeat(1000)} end`);
    expect(line).toMatch(/^begin x+…x+ end$/);
    expect(line).toHaveLength(240);
  });

  test('shows what was written into a file as it is', () => {
    expect(printable('a\n  b\u001B[2J\u009B\u202E\t')).toBe('a b\\u001b[2J\\u009b\\u202e\\u0009');
  });

  test('ends with the lines that say something', () => {
    expect(lastLines('one\n\n\u001B[31mtwo\u001B[0m\r\n  three  \n\n', 2)).toEqual(['two', '  three']);
    expect([lastLine('one\ntwo\n \n'), lastLine(' \n'), lastLine(undefined)]).toEqual(['two', undefined, undefined]);
  });
});
