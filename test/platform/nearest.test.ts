import { describe, expect, test } from '@jest/globals';
import { didYouMean, nearest, suggestion } from '../../src/platform/nearest.ts';

const fields = ['n', 'name', 'images', 'uses', 'env', 'services', 'workloads', 'hostPort'];

describe('the nearest name', () => {
  test.each([
    ['one letter too many', 'workloadss', 'workloads'],
    ['one letter too few', 'worklods', 'workloads'],
    ['a wrong letter', 'imagas', 'images'],
    ['two letters that changed places, in a short word', 'naem', 'name'],
    ['a third of the letters wrong', 'serbicas', 'services'],
    ['another case', 'HOSTPORT', 'hostPort'],
    ['the word itself', 'env', 'env'],
  ])('%s', (_, word, expected) => {
    expect(nearest(word, fields)).toBe(expected);
  });

  test.each([
    ['more than a third of the letters wrong', 'serbikaz'],
    ['two wrong letters in a short word', 'nxxe'],
    ['nothing', ''],
    ['another letter', 'x'],
    ['a word of another sort', 'constructor'],
  ])('is none for %s', (_, word) => {
    expect(nearest(word, fields)).toBeUndefined();
  });

  test('is the nearer of two, wherever it stands', () => {
    expect(nearest('redi', ['red', 'redis', 'reds'])).toBe('red');
    expect(nearest('postgrse', ['postgre-x', 'postgres'])).toBe('postgres');
    expect(nearest('postgrse', ['postgres', 'postgre-x'])).toBe('postgres');
  });

  test('is none where there are no names', () => {
    expect(nearest('name', [])).toBeUndefined();
  });
});

describe('a suggestion', () => {
  test.each([
    ['sorts what is allowed', ['x', ['b', 'a']], 'allowed: a, b'],
    ['asks for the nearest', ['bb', ['b', 'a']], 'allowed: a, b; did you mean "b"?'],
    ['says that nothing is allowed', ['x', []], 'allowed: none'],
    ['says what else is allowed', ['bb', ['b'], 'an image'], 'allowed: b, or an image; did you mean "b"?'],
    ['says what else is allowed beside nothing', ['x', [], 'an image'], 'allowed: an image'],
  ] as const)('%s', (_, [word, allowed, otherwise]: readonly [string, readonly string[], string?], expected) => {
    expect(suggestion(word, allowed, otherwise)).toBe(expected);
  });

  test('leaves the list as it was', () => {
    const names = Object.freeze(['b', 'a']);
    expect(suggestion('x', names)).toBe('allowed: a, b');
  });
});

test('the question alone is empty where nothing is near', () => {
  expect(didYouMean('nmae', fields)).toBe('; did you mean "name"?');
  expect(didYouMean('kafka', fields)).toBe('');
});
