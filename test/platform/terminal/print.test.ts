import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clean, cleanLine, escaped, width } from '../../../src/platform/terminal/clean.ts';
import { painter, recoloured, shown } from '../../../src/platform/terminal/paint.ts';
import { printData, printJson, printLine, printLines, printText } from '../../../src/platform/terminal/print.ts';
import { paintOver, Screen } from '../../../src/platform/terminal/screen.ts';

/** A stream that keeps what is written. */
function stream(isTTY = true) {
  const kept = {
    isTTY,
    columns: 20,
    rows: 5,
    text: '',
    write: (text: string, done?: () => void) => {
      kept.text += text;
      done?.();
    },
    on: () => kept,
    off: () => kept,
  };
  return kept;
}

/** Pieces of which commands for terminals are made, and others between them. */
const pieces = [
  ...[
    '\u001B',
    '\u009B',
    '\u009D',
    '\u0090',
    '\u009C',
    '\u0007',
    '\u001B\\',
    '[',
    ']',
    'P',
    '0',
    '2',
    ';',
    '?',
    'J',
    'm',
  ],
  ...[
    '\r',
    '\b',
    '\n',
    '\t',
    '\v',
    '\f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u0000',
    '\u007F',
    '\u00AD',
    '\uFEFF',
    '\u200B',
  ],
  ...[
    '\u202A',
    '\u202E',
    '\u2066',
    '\u2069',
    '\u200E',
    '\u061C',
    'c',
    'H',
    'h',
    ' ',
    'x',
    'é',
    '😀',
    '\uD83D',
    '\u200D',
  ],
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), { maxLength: 30 })
  .map((all) => all.join(''));

/** What must never get to a terminal. */
const forbidden = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C\u2028\u2029\u200B\uFEFF]/u;
const esc = '\u001B';
const sequence = new RegExp(`${esc}\\[(?:31m|1m|0m|2K|J|\\d+A|\\?7[lh]|\\?25[lh]|\\?1049[hl]|H|2J|\\d+;1H|K)`, 'g');

describe('a text for people', () => {
  test.each([
    ['a nested reset', '\u001B\u001B[0Hc', 'c'],
    ['deeper nesting', '\u001B\u001B\u001B[0H[2J[2Jx', '[2J[2Jx'],
    ['a screen that is cleared', '/x\u001B[2J\u001B[1;32mhealthy\u001B[0m', '/xhealthy'],
    ['an eight-bit control sequence', 'a\u009B2Jb', 'ab'],
    ['a title', '\u001B]0;title\u0007text', 'text'],
    ['a title that ends otherwise', '\u001B]0;title\u001B\\text', 'text'],
    ['a link', '\u001B]8;;http://x\u001B\\text\u001B]8;;\u001B\\', 'text'],
    ['a string without an end', 'a \u001B]0;title', 'a 0;title'],
    ['a string that ends on another line', 'a\u001BPb\nc\u009C', 'ab\nc'],
    ['a sequence without an end', 'a\u001B[12', 'a12'],
    ['an escape at the end', 'a\u001B', 'a'],
    ['a character set', '\u001B(0lqqk', 'lqqk'],
    ['a line that is written over', 'fine\rbad', 'fine bad'],
    ['line ends of Windows', 'a\r\nb\r\n', 'a\nb\n'],
    ['backspaces', 'bad\b\b\bok', 'badok'],
    ['other line breaks', 'a\u0085b\u2028c\vd', 'a b c d'],
    ['bidirectional overrides', 'a\u202Eb\u202Cc\u2066d\u2069', 'abcd'],
    ['what takes no room', 'kind-\u200Bdev\uFEFF', 'kind-dev'],
    ['tabs, line breaks, joined emoji, accents', 'a\tb\nc 👩‍💻 é', 'a\tb\nc 👩‍💻 é'],
  ])('loses what a terminal would obey: %s', (_, text, expected) => expect(clean(text)).toBe(expected));

  test('has none of it afterwards, whatever it was, and doing it again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = clean(text);
        expect(once).not.toMatch(forbidden);
        expect(clean(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('is left as it is if there is nothing in it', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => clean(text) === text || forbidden.test(text)));
  });

  test.each(['a\nb', 'a\r\nb', 'a\n\n  b'])('is one line: %j', (text) => expect(cleanLine(text)).toBe('a b'));
});

describe('on a terminal', () => {
  const before = process.env;
  afterEach(() => {
    process.env = before;
  });

  test('our own colours stay, others go, even if they look the same', () => {
    process.env = { ...before, NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm' };
    const out = stream();
    const paint = painter(out);
    printLine(`${paint('red', `down: ${esc}[32mfine${esc}[0m`)} ${esc}[31mred`, out);
    expect(out.text).toBe(`${esc}[31mdown: fine${esc}[0m red\n`);
  });

  test('whatever is printed, only our own commands get there', () => {
    process.env = { ...before, NO_COLOR: '', FORCE_COLOR: '', TERM: 'xterm' };
    fc.assert(
      fc.property(hostile, (text) => {
        const out = stream();
        const paint = painter(out);
        const screen = new Screen(out as unknown as NodeJS.WriteStream);
        printLine(paint('bold', paint('red', text)), out);
        printLines([text, `${paint('red', 'x')}${text}`], out);
        void printText(text, out);
        printData(text, out);
        printJson({ [text]: text }, out);
        paintOver([text, text], 2, out);
        screen.show([text, paint('red', text), text]);
        screen.end();
        expect(out.text.replaceAll(sequence, '')).not.toMatch(forbidden);
      }),
      { numRuns: 500 },
    );
  });

  test('a line stays one, and a screen has no more rows than it has', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = stream();
        printLine(text, out);
        expect(out.text.split('\n')).toHaveLength(2);
        out.text = '';
        new Screen(out as unknown as NodeJS.WriteStream).show([text, text]);
        expect(out.text).not.toMatch(/[\n\t]/);
      }),
    );
  });

  test('what others coloured keeps the colours of letters, and ends with its line', () => {
    expect(shown(recoloured(`${esc}[1;31mx${esc}[0m ${esc}[2Jy`))).toBe(`${esc}[1;31mx${esc}[0m y${esc}[0m`);
    expect(recoloured('plain')).toBe('plain');
  });

  test('takes no more columns than what is seen', () => {
    process.env = { ...before, FORCE_COLOR: '1' };
    expect(width(painter(stream())('red', 'abc'))).toBe(3);
  });
});

describe('data', () => {
  test('is exact where a program reads it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = stream(false);
        printData(text, out);
        expect(out.text).toBe(text);
      }),
    );
  });

  test('as JSON says the same, and shows no control character', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = stream(false);
        printJson({ text }, out, 0);
        expect(JSON.parse(out.text)).toEqual({ text });
        expect(out.text).not.toMatch(forbidden);
      }),
    );
    expect(escaped('"\u009B"')).toBe('"\\u009b"');
  });
});
