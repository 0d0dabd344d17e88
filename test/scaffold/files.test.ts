import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UsageError } from '../../src/platform/errors.ts';
import { clashes, preview, writeFiles } from '../../src/scaffold/files.ts';
import { gitIgnoreLines } from '../../src/scaffold/git-ignore.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repoctl-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('files are written with their folders, and nothing else stays behind', () => {
  writeFiles(root, [{ path: 'a/b/c', text: 'c\n' }]);
  expect(readdirSync(root, { recursive: true }).sort()).toEqual(['a', 'a/b', 'a/b/c']);
  expect(read('a/b/c')).toBe('c\n');
});

test('a file that has come into being meanwhile is not overwritten', () => {
  writeFileSync(join(root, 'a'), 'mine');
  expect(() => writeFiles(root, [{ path: 'a', text: 'other' }])).toThrow(UsageError);
  expect(read('a')).toBe('mine');
  expect(readdirSync(root)).toEqual(['a']);
});

test('nothing is written through a link out of the repository', () => {
  const outside = mkdtempSync(join(tmpdir(), 'repoctl-outside-'));
  symlinkSync(outside, join(root, 'backends'));
  const files = [
    { path: 'a', text: 'a\n' },
    { path: 'backends/svc-a/infra/project.yaml', text: 'name: a\n' },
  ];
  expect(() => writeFiles(root, files)).toThrow(
    'backends is a link that leads nowhere or outside the repository; nothing was written',
  );
  expect([readdirSync(root), readdirSync(outside)]).toEqual([['backends'], []]);
  rmSync(outside, { recursive: true });
});

test('one that holds the same text already is no clash, and stays', () => {
  writeFileSync(join(root, 'a'), 'same');
  const files = [
    { path: 'a', text: 'same' },
    { path: 'b', text: 'b' },
  ];
  expect(clashes(root, files)).toEqual([]);
  writeFiles(root, files);
  expect(clashes(root, [{ path: 'a', text: 'other' }])).toEqual(['a']);
});

test('lines are added at the end of a file, whose mode stays', () => {
  writeFileSync(join(root, 'a'), 'one');
  chmodSync(join(root, 'a'), 0o640);
  writeFiles(root, [{ path: 'a', text: 'two\n', append: true }]);
  expect(read('a')).toBe('one\ntwo\n');
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o640);
});

test("a secret is its owner's alone, and not shown", () => {
  const file = { path: '.env', text: '# note\nA=x\nB=\n', secret: true };
  writeFiles(root, [file]);
  expect(statSync(join(root, '.env')).mode & 0o777).toBe(0o600);
  expect(preview([file])).toBe('.env\n\n--- .env\n# note\nA=********\nB=\n');
});

test('a folder that is a file is reported as what was given, not as a bug', () => {
  writeFileSync(join(root, 'a'), '');
  expect(() => writeFiles(root, [{ path: 'a/b', text: '' }])).toThrow(UsageError);
  expect(existsSync(join(root, 'a/b'))).toBe(false);
});

test.each([
  [undefined, 'dist/\n.env\n'],
  ['', 'dist/\n.env\n'],
  ['/dist\n', '\n# repoctl\n.env\n'],
  ['dist\r\n**/.env\r\n', undefined],
])('of .gitignore %j lacks %j', (given, expected) => {
  expect(gitIgnoreLines(given, ['dist/', '.env'])[0]?.text).toBe(expected);
});
