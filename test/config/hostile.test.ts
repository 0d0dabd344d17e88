import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { load } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import type { ProjectMemory } from '../../src/config/project-memory.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { manifestText } from '../../src/synth/manifest-text.ts';
import { planNamespace } from '../../src/synth/plan-namespace.ts';
import { fixtureRoot } from '../charts/fixtures.ts';

/** Files of the fixture with services and workloads of every kind. */
const files = [
  'repoctl.yaml',
  'backends/svc-billing/infra/project.yaml',
  'backends/svc-status-monitor/infra/project.yaml',
  'backends/svc-search/infra/project.yaml',
  'apps/web/infra/project.yaml',
] as const;

const texts = new Map(files.map((file) => [file, readFileSync(join(fixtureRoot('polyglot'), file), 'utf8')]));
const textOf = (file: string): string => texts.get(file as (typeof files)[number]) ?? '';

/** Pieces that parsers, file names, shells and Kubernetes take for something else than a text. */
const pieces = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\t',
  '\r\n',
  '\u0000',
  '\u001b[2J',
  '\u009b',
  '\u202e',
  '\ufeff',
  '\ud800',
  ': ',
  '- ',
  '# ',
  '&a ',
  '*a ',
  '!!set ',
  '<<: ',
  '? ',
  '| ',
  '> ',
  '---\n',
  '...\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '`',
  '%',
  '@',
  '$(X)',
  '$' + '{X}',
  '../',
  '/etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'yes',
  '0x1f',
  '1e400',
  '.nan',
  '-0',
  '2001-01-01',
  'ä',
  '💥',
  '9'.repeat(30),
  'a'.repeat(300),
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  pieces,
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(null, true, false, -1, 0, 0.5, 65_536, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom([], {}, [[]], { '': {} }, [null], [{}]),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

type Change =
  | { readonly put: unknown }
  | { readonly add: readonly [string, unknown] }
  | { readonly drop: true }
  | { readonly rename: string };

const change: fc.Arbitrary<Change> = fc.oneof(
  value.map((put) => ({ put })),
  fc.tuple(fc.oneof(pieces, fc.string()), value).map((add) => ({ add })),
  fc.constant({ drop: true } as const),
  fc.oneof(pieces, fc.string()).map((rename) => ({ rename })),
);

type Node = Record<string, unknown>;

/** Every place of some data: a map or list, and a key of it. */
function placesOf(data: unknown): (readonly [Node, string])[] {
  if (typeof data !== 'object' || data === null) return [];
  const node = data as Node;
  return Object.keys(node).flatMap((key) => [[node, key] as const, ...placesOf(node[key])]);
}

/** Not by an assignment, which `__proto__` would make something else of; a copy, since it may be changed in its turn. */
const set = (node: Node, key: string, value: unknown): void =>
  void Object.defineProperty(node, key, {
    value: structuredClone(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });

/** A file's text with changes at places that numbers pick. */
function changed(file: string, changes: readonly (readonly [number, Change])[]): string {
  const data: unknown = parse(textOf(file));
  for (const [pick, what] of changes) {
    const places = placesOf(data);
    const [node, key] = places[pick % Math.max(1, places.length)] ?? [];
    if (!node || key === undefined) continue;
    const at = node[key];
    if ('put' in what) set(node, key, what.put);
    else if ('add' in what && typeof at === 'object' && at !== null && !Array.isArray(at)) set(at as Node, ...what.add);
    else {
      delete node[key];
      if ('rename' in what && !Array.isArray(node)) set(node, what.rename, at);
    }
  }
  return stringify(data, { aliasDuplicateObjects: false });
}

const changedFile = fc
  .tuple(fc.constantFrom(...files), fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 }))
  .map(([file, changes]) => ({ file: file as string, text: changed(file, changes) }));

/** A file into which pieces are put, and from which characters are taken. */
const cutFile = fc
  .tuple(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.oneof(pieces, fc.string())), { minLength: 1, maxLength: 4 }),
  )
  .map(([file, cuts]) => ({
    file: file as string,
    text: cuts.reduce((text, [at, length, piece]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + piece + text.slice(start + length);
    }, textOf(file)),
  }));

describe('a configuration with any mistake', () => {
  let root: string;
  // The objects that were read back already: a change of one file leaves most of them as they are.
  const compared = new Set<string>();
  // The files that are not changed are right, as every run remembers.
  const memories: Record<string, ProjectMemory> = {};
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'repoctl-hostile-'));
    cpSync(fixtureRoot('polyglot'), root, { recursive: true });
    for (const profile of ['local', 'production']) memories[profile] ??= load(root, { profile }).memory;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Loads the repository with a changed file; what is refused has to be said at a place that there is. */
  function loaded(file: string, text: string, profile: string) {
    writeFileSync(join(root, file), text);
    try {
      return load(root, { profile, memory: memories[profile] });
    } catch (error) {
      // A profile that is no longer there.
      if (error instanceof UsageError) return undefined;
      if (!(error instanceof ConfigurationError)) throw error;
      expect(error.lines.length).toBeGreaterThan(0);
      for (const line of error.lines) {
        const [, path = '', row = '', column = ''] = /^([^\n]+?):(\d+):(\d+): ./.exec(line) ?? [];
        expect([line, Number(row) > 0, Number(column) > 0]).toEqual([line, true, true]);
        if (path === file) expect(Number(row)).toBeLessThanOrEqual(text.split(/\r\n|[\n\r]/).length + 1);
      }
      return undefined;
    } finally {
      writeFileSync(join(root, file), textOf(file));
    }
  }

  test.each([
    ['of its data', changedFile],
    ['of its text', cutFile],
  ])('%s is refused at its place, or gives manifests that read back as what was made', (_, anyFile) => {
    let right = 0;
    fc.assert(
      fc.property(anyFile, fc.constantFrom('local', 'production'), ({ file, text }, profileName) => {
        const configuration = loaded(file, text, profileName);
        if (!configuration) return;
        right++;
        const { environment, profile } = configuration;
        for (const project of [undefined, ...environment.projects]) {
          const made = project ? projectObjects(environment, profile, project) : globalObjects(environment, profile);
          expect(made.nonconformities).toEqual([]);
          const others = made.objects.filter((object) => !compared.has(JSON.stringify(object)));
          if (others.length > 0) {
            const documents = parseAllDocuments(manifestText(others));
            expect(documents.map((each) => each.toJS() as ManifestObject)).toEqual(JSON.parse(JSON.stringify(others)));
            for (const object of others) compared.add(JSON.stringify(object));
          }
          planNamespace(environment, profile, project, made);
        }
      }),
      // Few of the texts are right after a change: a fifth of the tries may hold none.
      { numRuns: 150 },
    );
    expect(right).toBeGreaterThan(0);
  });

  test('nested deeply, or repeated often, is refused with a line as well', () => {
    const depth = 20_000;
    const aliases = Array.from({ length: 12 }, (_, index) => {
      const before = index === 0 ? '1' : `*a${index - 1}`;
      return `a${index}: &a${index} [${`${before}, `.repeat(9)}${before}]`;
    });
    const texts = [
      `name: ${'['.repeat(depth)}`,
      `name: ${'['.repeat(depth)}${']'.repeat(depth)}`,
      `name: ${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`,
      Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
      `a: 1\na: 2\nb: ${'['.repeat(depth)}`,
      `${aliases.join('\n')}\n`,
    ];
    for (const text of texts)
      expect([text.slice(0, 20), loaded(files[1], text, 'local')]).toEqual([text.slice(0, 20), undefined]);
  });
});
