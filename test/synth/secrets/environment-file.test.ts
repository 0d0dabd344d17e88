import { describe, expect, test } from '@jest/globals';
import { parse } from 'dotenv';
import { environmentText, madeUp, makePassword, withValues } from '../../../src/synth/secrets/environment-file.ts';

const generated = new Set(['POSTGRES_PASSWORD', 'REDIS_PASSWORD']);
const make = (example: string) =>
  environmentText(
    example,
    madeUp(generated, () => 'made-up'),
  );

describe('environmentText', () => {
  test.each([
    ['an empty variable that may be made up', 'POSTGRES_PASSWORD=', 'POSTGRES_PASSWORD=made-up'],
    ['one with empty quotes', 'POSTGRES_PASSWORD=""', 'POSTGRES_PASSWORD=made-up'],
    ['one with a comment only', 'POSTGRES_PASSWORD= # of the database', 'POSTGRES_PASSWORD=made-up'],
    ['an exported one', 'export POSTGRES_PASSWORD=', 'POSTGRES_PASSWORD=made-up'],
  ])('fills in %s', (_, example, expected) => {
    expect(make(example)).toBe(expected);
  });

  test.each([
    ['a value that is given', 'POSTGRES_PASSWORD=mine'],
    ['a quoted value', 'POSTGRES_PASSWORD="a # b"'],
    ['an empty variable that may not be made up', 'API_TOKEN='],
    ['a comment', '# POSTGRES_PASSWORD='],
    ['an empty text', ''],
  ])('keeps %s', (_, example) => {
    expect(make(example)).toBe(example);
  });

  test('keeps the lines and their order', () => {
    const example = '# one\nA=1\n\nPOSTGRES_PASSWORD=\n# two\nREDIS_PASSWORD=\n';
    expect(make(example)).toBe('# one\nA=1\n\nPOSTGRES_PASSWORD=made-up\n# two\nREDIS_PASSWORD=made-up\n');
  });

  test('makes another password for each variable', () => {
    const values = Object.values(parse(environmentText('POSTGRES_PASSWORD=\nREDIS_PASSWORD=\n', madeUp(generated))));
    expect(new Set(values).size).toBe(2);
  });
});

test('a password has 32 characters that need no quoting in a URL', () => {
  for (let run = 0; run < 100; run++) expect(makePassword()).toMatch(/^[\w-]{32}$/);
});

describe('other values', () => {
  const text = '# mine\nA=1\nexport B="2" # two\nC=3';

  test('come in the place of the old ones, and at the end for variables that there were not', () => {
    const values = new Map([
      ['B', 'two'],
      ['D', 'four'],
    ]);
    expect(withValues(text, values)).toBe('# mine\nA=1\nB=two\nC=3\nD=four\n');
    expect(withValues('', values)).toBe('B=two\nD=four\n');
  });

  test.each(['plain', 'a b # c', "it's", 'two\nlines', '$HOME `x`', '"quoted"', 'it\'s "both"'])(
    'are read back: %s',
    (value) => {
      expect(parse(withValues(text, new Map([['A', value]]))).A).toBe(value);
    },
  );

  test('are refused if nothing quotes them', () => {
    expect(() => withValues(text, new Map([['A', `'"\``]]))).toThrow('the value of A has every kind of quote');
  });
});
