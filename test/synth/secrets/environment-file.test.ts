import { describe, expect, test } from '@jest/globals';
import { parse } from 'dotenv';
import { environmentText, makePassword } from '../../../src/synth/secrets/environment-file.ts';

const generated = new Set(['POSTGRES_PASSWORD', 'REDIS_PASSWORD']);
const make = (example: string) => environmentText(example, generated, () => 'made-up');

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
    const values = Object.values(parse(environmentText('POSTGRES_PASSWORD=\nREDIS_PASSWORD=\n', generated)));
    expect(new Set(values).size).toBe(2);
  });
});

test('a password has 32 characters that need no quoting in a URL', () => {
  for (let run = 0; run < 100; run++) expect(makePassword()).toMatch(/^[\w-]{32}$/);
});
