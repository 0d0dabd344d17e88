import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, givenText, pathText, problemLine } from '../../src/config/problem.ts';

test.each([
  [[], ''],
  [['name'], 'name'],
  [['workloads', 'api', 'after', 1], 'workloads.api.after[1]'],
  [['projects', 0], 'projects[0]'],
  [['images', 'app', 'sync', 0, 'from'], 'images.app.sync[0].from'],
])('the path %j is written %s', (path, expected) => {
  expect(pathText(path)).toBe(expected);
});

test.each([
  ['a text', 'alpha', '"alpha"'],
  ['a number', 1.5, '1.5'],
  ['a number that JSON has no word for', Number.POSITIVE_INFINITY, 'Infinity'],
  ['no number', Number.NaN, 'NaN'],
  ['false', false, 'false'],
  ['null', null, 'nothing (null)'],
  ['what isn’t there', undefined, 'nothing'],
  ['a map', { a: [1] }, '{"a":[1]}'],
  ['a long text', 'x'.repeat(100), `"${'x'.repeat(56)}…`],
])('%s as it was given', (_, value, expected) => {
  expect(givenText(value)).toBe(expected);
});

describe('the line of a problem', () => {
  const line = (message: string) =>
    problemLine({ file: 'a.yaml', place: { line: 1, column: 1 }, message }, { line: 2, column: 3 });

  test('begins with the place', () => {
    expect(line('is wrong')).toBe('a.yaml:2:3: is wrong');
  });

  test('is one line', () => {
    expect(line('one \n  two\r\nthree')).toBe('a.yaml:2:3: one two three');
  });

  test('obeys no terminal', () => {
    expect(line('\u001b[2Jred\u2028\u0007')).toBe('a.yaml:2:3: \\u001b[2Jred\\u2028\\u0007');
  });
});

test('the error holds all lines, in its message too', () => {
  const error = new ConfigurationError(['a:1:1: x', 'b:1:1: y']);
  expect(error.lines).toEqual(['a:1:1: x', 'b:1:1: y']);
  expect(error.message).toBe('a:1:1: x\nb:1:1: y');
});
