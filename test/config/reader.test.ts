import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { environmentKeys, Reader } from '../../src/config/reader.ts';
import { inRepository } from './repository.ts';

describe('the variables of a .env', () => {
  test.each([
    ['plain', 'A=1\nB=2\n', 'A:1 B:2'],
    ['after comments and empty lines', '# x\n\nA=1\n  # y\nB=2', 'A:3 B:5'],
    ['exported', 'export A=1\n  export  B = 2\n', 'A:1 B:2'],
    ['with a colon', 'A: 1\n', 'A:1'],
    ['in lines that end with CR LF', 'A=1\r\n\r\nB=2\r\n', 'A:1 B:3'],
    ['in lines that end with CR', 'A=1\r\rB=2\r', 'A:1 B:3'],
    ['after a byte order mark', '\uFEFFA=1\nB=2\n', 'A:1 B:2'],
    ['twice: where the last one is', 'A=1\nB=2\nA=3\n', 'A:3 B:2'],
    ['with dots, which stand for no other letter', 'A.B=1\nAxB=0\n', 'A.B:1 AxB:2'],
    ['whose name is the end of another’s', 'A=1\nXA=2\n', 'A:1 XA:2'],
    ['whose name is the beginning of another’s', 'A=1\nAX=2\n', 'A:1 AX:2'],
    ['without "="', 'A\nB=1\n', 'B:2'],
    ['in a text of several lines', 'A="x\nB=1\ny"\nC=2\n', 'A:1 C:4'],
    ['of an empty file', '', ''],
  ])('%s', (_, text, expected) => {
    const found = environmentKeys(text).map(({ name, line }) => `${name}:${line}`);
    expect(found.join(' ')).toBe(expected);
  });

  test.each(['A=', 'A=""', "A=''", 'A=``', 'A= # later', 'export A=', 'A=x\nA='])('are empty in %j', (text) => {
    expect(environmentKeys(text)).toMatchObject([{ name: 'A', empty: true }]);
  });

  test.each(['A=x', 'A="#"', 'A=0', 'A=false', 'A=" "', "A='\n'", 'A=\nA=x'])('have a value in %j', (text) => {
    expect(environmentKeys(text)).toMatchObject([{ name: 'A', empty: false }]);
  });

  test('never hold the value', () => {
    expect(JSON.stringify(environmentKeys('A=hunter2\n'))).not.toContain('hunter2');
  });
});

describe('a reader', () => {
  const files = {
    'a/text': 'one',
    'a/.env': 'A=1\n',
    'a/inside': { link: 'text' },
    'a/up': { link: '..' },
    'a/outside': { link: '/etc' },
    'a/loop': { link: 'loop' },
    'a/nowhere': { link: 'nothing' },
  };
  const reading = <T>(ask: (reader: Reader) => T): Promise<T> => inRepository(files, (root) => ask(new Reader(root)));

  test.each([
    ['the text of a file', (reader: Reader) => reader.text('a/text'), 'one'],
    ['the text of a folder', (reader: Reader) => reader.text('a'), undefined],
    ['the text of nothing', (reader: Reader) => reader.text('a/none'), undefined],
    ['a text below a file', (reader: Reader) => reader.text('a/text/more'), undefined],
    ['a link to itself', (reader: Reader) => reader.text('a/loop'), undefined],
    ['a name that is too long', (reader: Reader) => reader.text('x'.repeat(300)), undefined],
    ['a name that can’t be one', (reader: Reader) => reader.text('a\0b'), undefined],
    [
      'names, sorted',
      (reader: Reader) => reader.names('a'),
      ['.env', 'inside', 'loop', 'nowhere', 'outside', 'text', 'up'],
    ],
    ['the names in a file', (reader: Reader) => reader.names('a/text'), undefined],
    ['variables', (reader: Reader) => reader.keys('a/.env'), [{ name: 'A', line: 1, empty: false }]],
    ['the variables of nothing', (reader: Reader) => reader.keys('.env'), undefined],
    ['where a path leads', (reader: Reader) => reader.inside('a/text'), 'a/text'],
    ['where a link leads', (reader: Reader) => reader.inside('a/inside'), 'a/text'],
    ['where a link to the root leads', (reader: Reader) => reader.inside('a/up'), '.'],
    ['where a link to the outside leads', (reader: Reader) => reader.inside('a/outside'), undefined],
    ['where a link to nothing leads', (reader: Reader) => reader.inside('a/nowhere'), undefined],
  ] as [string, (reader: Reader) => unknown, unknown][])('tells %s', async (_, ask, expected) => {
    expect(await reading(ask)).toEqual(expected);
  });

  test('keeps what can’t be read as problems', async () => {
    const problems = await reading((reader) => {
      reader.keys('a');
      reader.text('a/none');
      return reader.problems;
    });
    expect(problems).toEqual([{ file: 'a', place: { line: 1, column: 1 }, message: 'is a folder; expected a file' }]);
  });

  describe('knows whether everything still reads as it did', () => {
    const ask = (reader: Reader) => {
      reader.text('a/text');
      reader.text('a/none');
      reader.names('a');
      reader.keys('a/.env');
      reader.inside('a/up');
    };
    test.each([
      ['nothing changed', () => {}, true],
      ['a file that wasn’t asked for changed', (root: string) => writeFileSync(join(root, 'repoctl.yaml'), 'x'), true],
      ['a file was written with the same text', (root: string) => writeFileSync(join(root, 'a/text'), 'one'), true],
      ['a value in the .env changed', (root: string) => writeFileSync(join(root, 'a/.env'), 'A=2\n'), true],
      ['a file changed', (root: string) => writeFileSync(join(root, 'a/text'), 'two'), false],
      ['a file was removed', (root: string) => rmSync(join(root, 'a/text')), false],
      ['a file came into being', (root: string) => writeFileSync(join(root, 'a/none'), ''), false],
      [
        'a file came into being in a folder that was listed',
        (root: string) => writeFileSync(join(root, 'a/more'), ''),
        false,
      ],
      ['a value in the .env became empty', (root: string) => writeFileSync(join(root, 'a/.env'), 'A=\n'), false],
      ['a variable moved to another line', (root: string) => writeFileSync(join(root, 'a/.env'), '\nA=1\n'), false],
      [
        'a link leads elsewhere',
        (root: string) => {
          rmSync(join(root, 'a/up'));
          symlinkSync('/etc', join(root, 'a/up'));
        },
        false,
      ],
      [
        'a file became a folder',
        (root: string) => {
          rmSync(join(root, 'a/text'));
          mkdirSync(join(root, 'a/text'));
        },
        false,
      ],
    ])('%s: %p', async (_, change, expected) => {
      await inRepository(files, (root) => {
        const reader = new Reader(root);
        ask(reader);
        change(root);
        expect(new Reader(root).matches(reader.inputs)).toBe(expected);
      });
    });

    test('from what was written down as JSON, without the values of variables', async () => {
      await inRepository({ ...files, 'a/.env': 'A=hunter2\n' }, (root) => {
        const reader = new Reader(root);
        ask(reader);
        const json = JSON.stringify(reader.inputs);
        expect(json).not.toContain('hunter2');
        expect(new Reader(root).matches(JSON.parse(json))).toBe(true);
      });
    });
  });
});
