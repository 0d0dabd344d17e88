import { describe, expect, test } from '@jest/globals';
import { locate, parseYaml, parseYamlDocuments } from '../../src/config/yaml-file.ts';
import { text } from './repository.ts';

const file = text`
  # a comment
  name: alpha
  images:
    app: {}
  services:
  workloads:
    api:
      kind: http
      after: [redis, postgres]
      sync:
        - from: src
        - { to: /app }
    "quoted key": { 8000: "é😀", port: 80, 0x10: hex }
    empty:
    tilde: ~
  anchored: &one { port: 1 }
  repeated: *one
  merged: { <<: *one, hostPort: 2 }
`;

describe('the place of', () => {
  test.each([
    ['a value', ['name'], 'value', 'alpha'],
    ['a key', ['name'], 'key', 'name'],
    ['a map in a line', ['images', 'app'], 'value', '{}'],
    ['a map of several lines: its first key', ['workloads', 'api'], 'value', 'kind'],
    ['a nested key', ['workloads', 'api'], 'key', 'api'],
    ['an entry of a list in a line', ['workloads', 'api', 'after', 1], 'value', 'postgres'],
    ['an entry of a list of several lines', ['workloads', 'api', 'sync', 0], 'value', 'from'],
    ['a field of an entry', ['workloads', 'api', 'sync', 1, 'to'], 'value', '/app'],
    ['a quoted key', ['workloads', 'quoted key'], 'key', '"quoted key"'],
    ['a key that is a number', ['workloads', 'quoted key', 8000], 'value', '"é😀"'],
    ['a key that is a number in another notation', ['workloads', 'quoted key', 16], 'value', 'hex'],
    ['a value after characters outside of the basic plane', ['workloads', 'quoted key', 'port'], 'value', '80'],
    ['nothing: its key', ['workloads', 'empty'], 'value', 'empty'],
    ['a null that is written', ['workloads', 'tilde'], 'value', '~'],
    ['a missing field: the key of its map', ['images', 'app', 'context'], 'value', 'app'],
    ['a missing field of a map of several lines: its key', ['workloads', 'api', 'port'], 'value', 'api'],
    ['a missing map: the nearest key', ['workloads', 'nope', 'port'], 'value', 'workloads'],
    ['a missing entry: the key of its list', ['workloads', 'api', 'after', 7], 'value', 'after'],
    ['a missing field of an entry: the entry', ['workloads', 'api', 'sync', 1, 'from'], 'value', '{ to'],
    ['a field of a text: its key', ['name', 'first'], 'value', 'name'],
    ['a field of a repeated map: the alias', ['repeated', 'port'], 'value', '*one'],
    ['a field that is merged in: the alias', ['merged', 'port'], 'value', '*one, '],
    ['the key of a field that is merged in', ['merged', 'port'], 'key', '<<'],
    ['the whole file: its first key', [], 'value', 'name'],
    ['a missing field at the top: the first key', ['uses'], 'value', 'name'],
  ] as const)('%s', (_, path, at, expected) => {
    const { line, column } = locate(file, { path, at });
    const rest = file.split('\n')[line - 1]?.slice(column - 1) ?? '';
    expect(rest.slice(0, expected.length)).toBe(expected);
  });

  test('a line and a column is just that', () => {
    expect(locate(file, { line: 7, column: 3 })).toEqual({ line: 7, column: 3 });
  });

  test('the value is where the path leads if nothing else is said', () => {
    expect(locate(file, { path: ['name'] })).toEqual({ line: 2, column: 7 });
  });

  test.each([
    ['lines that end with CR LF', 'a: 1\r\nb: 2\r\n'],
    ['a byte order mark', '\uFEFFa: 1\nb: 2\n'],
    ['a mark of the document', '---\nb: 2\n'],
  ])('a value in a text with %s', (_, content) => {
    expect(locate(content, { path: ['b'] })).toEqual({ line: 2, column: 4 });
  });

  test.each(['', '# nothing\n', 'a: [\n', '- 1\n', '5', '\t'])('anything in %j is a place', (content) => {
    const { line, column } = locate(content, { path: ['a', 'b', 0] });
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
  });
});

describe('a file of one document', () => {
  test.each([
    ['comments and a mark', '# x\n---\na: 1\n', { a: 1 }],
    ['lines that end with CR LF', 'a: 1\r\nb:\r\n  - c\r\n', { a: 1, b: ['c'] }],
    ['a byte order mark', '\uFEFFa: 1\n', { a: 1 }],
    ['an end of the document', 'a: 1\n...\n', { a: 1 }],
    ['an anchor and an alias', 'a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
    [
      'a map that is merged in, whose fields are overridden',
      'a: &x { p: 1, q: 2 }\nb: { <<: *x, q: 3 }\n',
      { a: { p: 1, q: 2 }, b: { p: 1, q: 3 } },
    ],
    ['words that only YAML 1.1 takes for true or false', 'a: off\nb: yes\nc: true\n', { a: 'off', b: 'yes', c: true }],
    ['names of an object’s own', 'constructor: 1\ntoString: 2\n', { constructor: 1, toString: 2 }],
    ['keys that are no texts', '1: a\ntrue: b\n', { 1: 'a', true: 'b' }],
    ['tags for what is no plain data', 'a: !!binary aGk=\nb: !!set { c }\n', { a: 'aGk=', b: { c: null } }],
    [
      'two maps that are merged in',
      'a: &x { p: 1 }\nb: &y { q: 2 }\nc: { <<: [*x, *y] }\n',
      { a: { p: 1 }, b: { q: 2 }, c: { p: 1, q: 2 } },
    ],
    [
      'an alias that is used often',
      `a: &x 1\nb: [${Array(500).fill('*x').join(', ')}]\n`,
      { a: 1, b: Array(500).fill(1) },
    ],
  ])('with %s', (_, content, data) => {
    expect(parseYaml('a.yaml', content)).toEqual({ data });
  });

  test.each(['', '\n\n', '# x\n', '---\n', '~\n'])('that is empty: %j', (content) => {
    const message = 'the file is empty; it needs at least a name';
    expect(parseYaml('a.yaml', content)).toEqual({
      problems: [{ file: 'a.yaml', place: { line: 1, column: 1 }, message }],
    });
  });

  test('with several faults names the first of each line', () => {
    const { problems = [] } = parseYaml('a.yaml', 'a: */5 * * * *\n>>>>>>> b\n');
    expect(problems.map(({ place, message }) => [place, message])).toEqual([
      [{ line: 1, column: 4 }, 'not valid YAML: a text that begins with "*" needs quotes'],
      [{ line: 2, column: 1 }, 'not valid YAML: "name: value" is expected, but there is no ": " in this line'],
    ]);
  });
});

describe('a file of several documents', () => {
  test('gives the data and the place of each, without the empty ones', () => {
    expect(parseYamlDocuments('a.yaml', '# x\n---\n---\nkind: A\n---\n\n- 1\n---\n# y\n')).toEqual({
      data: [
        { data: { kind: 'A' }, place: { line: 4, column: 1 } },
        { data: [1], place: { line: 7, column: 1 } },
      ],
    });
  });

  test('may be empty', () => {
    expect(parseYamlDocuments('a.yaml', '')).toEqual({ data: [] });
  });

  test('tells the faults of all', () => {
    const { problems } = parseYamlDocuments('a.yaml', 'a: *x\n---\nb: 1\n---\nc: 1\nc: 2\n');
    expect(problems?.map(({ place }) => place)).toEqual([
      { line: 1, column: 4 },
      { line: 6, column: 1 },
    ]);
  });
});
