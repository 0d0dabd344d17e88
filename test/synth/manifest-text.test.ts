import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { manifestText } from '../../src/synth/manifest-text.ts';

const object = (data: Record<string, unknown>) => ({ apiVersion: 'v1', kind: 'ConfigMap', data });

describe('manifestText', () => {
  // Texts that some version of YAML reads as a number, a date, a truth value, null, or syntax.
  const texts = [
    ...['yes', 'no', 'on', 'off', 'y', 'N', 'true', 'TRUE', '~', 'null', '', '=', '<<'],
    ...['0777', '0o17', '0x1f', '0b11', '08', '1_000', '1e3', '.5', '+1', '1.10', '.inf', 'NaN', '685_230.15'],
    ...['12:30', '12:30:45', '190:20:30', '2026-01-01', '2026-01-01T00:00:00Z'],
    ...['- a', 'a: b', '# c', 'a #b', '@x', '`x', '%x', '&a', '*b', '!t', '|', '>', '[x]', '{y}', 'a,b', '?', '-'],
    ...[
      'a:',
      'a :b',
      'a: ',
      'a  b',
      'a #',
      'key:value',
      'http://host:80/x?y=z',
      'a,b]',
      'x {',
      "don't",
      'Y',
      'Off',
      '/',
    ],
    ...[
      '\nlead',
      'a\n\n',
      'a\n b\n',
      ' a\nb',
      'a \nb',
      'a\n\tb\n',
      'a\n\nb',
      'a\r\nb',
      'a\u2028b\n',
      'a\n---\nb\n',
      '# c\nd\n',
    ],
    ...['"q"', "'s'", 'trailing ', '\ttab', 'two\nlines', 'two\nlines\n', ' leading\nblock', 'end\n\n', 'é☃', '\u0007'],
  ];

  test.each(['1.1', '1.2'] as const)('keeps every text as it is for a parser of YAML %s', (version) => {
    const [document] = parseAllDocuments(manifestText([object({ texts })]), { version }) as { toJS(): unknown }[];
    expect(document?.toJS()).toEqual(object({ texts }));
  });

  test('separates objects', () => {
    expect(manifestText([object({ a: '1' }), object({ b: '2' })]).split('---\n')).toHaveLength(2);
  });

  test('keeps values of every kind', () => {
    const data = {
      list: [[], {}, [[1, 'a'], { b: { c: [] } }], null, true, 0, -1.5],
      map: { 'a: b': {}, '': null, '1': 'x' },
    };
    const [document] = parseAllDocuments(manifestText([object(data)])) as { toJS(): unknown }[];
    expect(document?.toJS()).toEqual(object(data));
  });

  test('leaves out what is undefined', () => {
    expect(manifestText([object({ a: undefined, b: { c: undefined } })])).toBe(
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  b: {}\n',
    );
  });

  test('leaves plain what reads the same everywhere', () => {
    expect(manifestText([object({ image: 'redis:7.4.5', path: '/data', args: 'a b' })])).toContain(
      '  image: redis:7.4.5\n  path: /data\n  args: a b\n',
    );
  });

  test('repeats equal parts instead of referring to them', () => {
    const shared = { name: 'shared' };
    expect(manifestText([object({ one: shared, other: shared })])).not.toMatch(/[&*]/);
  });

  test('writes a script as a block', () => {
    expect(manifestText([object({ script: 'set -e\necho done\n' })])).toContain(
      'script: |\n    set -e\n    echo done\n',
    );
  });
});
