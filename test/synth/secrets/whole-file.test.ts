import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeWhole, replaceWhole } from '../../../src/synth/secrets/whole-file.ts';

let root: string;
let path: string;
const drafts = () => join(root, 'node_modules', '.cache', 'repoctl', 'drafts');
const mode = () => statSync(path).mode & 0o777;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'whole-'));
  path = join(root, '.env');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a file is made for its owner only, and one that has come into being meanwhile stays', () => {
  makeWhole(root, path, 'A=1\n');
  makeWhole(root, path, 'A=2\n');
  expect([readFileSync(path, 'utf8'), mode()]).toEqual(['A=1\n', 0o600]);
});

test('a file is replaced as a whole, and is its owner’s only from then on', () => {
  writeFileSync(path, 'A=1\n', { mode: 0o644 });
  replaceWhole(root, path, 'A=2\n');
  expect([readFileSync(path, 'utf8'), mode()]).toEqual(['A=2\n', 0o600]);
});

test('no draft is left, and what a killed run left is neither in the way nor seen by git', () => {
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  writeFileSync(join(root, '.gitignore'), '.env\n');
  mkdirSync(drafts(), { recursive: true });
  writeFileSync(join(drafts(), 'left'), 'PASSWORD=geheim\n');
  makeWhole(root, path, 'A=1\n');
  expect(readdirSync(drafts()).sort()).toEqual(['.gitignore', 'left']);
  const seen = execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: root, encoding: 'utf8' });
  expect(seen).toBe('?? .gitignore\n');
});
