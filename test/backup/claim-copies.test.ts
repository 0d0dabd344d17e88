import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { restoreScript } from '../../src/backup/claim-copies.ts';

let folder = '';

/** Writes files into a folder. */
function fill(into: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(into, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(into, name), text);
  return into;
}

/** The files of the claim's folder. */
const there = () =>
  Object.fromEntries(readdirSync(claim()).map((name) => [name, readFileSync(join(claim(), name), 'utf8')]));
const claim = () => join(folder, 'claim');

/** Restores an archive of `a` and `b` by a shell in which `mv` fails for some paths. */
function restore({ sum, failing = 'nothing' }: { readonly sum?: string; readonly failing?: string } = {}) {
  const archive = execaSync('tar', ['-c', '-C', fill(join(folder, 'copy'), { a: 'new a', b: 'new b' }), '.'], {
    encoding: 'buffer',
  }).stdout;
  const bin = fill(join(folder, 'bin'), {
    mv: `#!/bin/sh\ncase "$1" in ${failing}) exit 1;; esac\nPATH="$REAL_PATH" exec mv "$@"\n`,
  });
  chmodSync(join(bin, 'mv'), 0o755);
  const digest = sum ?? createHash('sha256').update(archive).digest('hex');
  return execaSync('sh', ['-c', restoreScript, 'tar', claim(), digest], {
    input: archive,
    reject: false,
    env: { PATH: `${bin}:${process.env.PATH}`, REAL_PATH: process.env.PATH },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restore-'));
  fill(claim(), { a: 'old a', c: 'old c' });
});

describe('a copy of a claim', () => {
  test('takes the place of all that was there', () => {
    expect(restore().exitCode).toBe(0);
    expect(there()).toEqual({ a: 'new a', b: 'new b' });
  });

  test.each([
    ['did not come as it was saved', { sum: '0'.repeat(64) }, 'another SHA-256'],
    ['has a file that can’t be put there', { failing: '.restoring/b' }, "can't move what came"],
    ['takes the place of a file that can’t be moved', { failing: './c' }, "can't move what is there"],
  ])('changes nothing where it %s', (_case, how, said) => {
    const { exitCode, stderr } = restore(how);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(said) });
    expect(there()).toEqual({ a: 'old a', c: 'old c' });
  });

  test('leaves what was there in a folder of its own where it can’t be moved back either', () => {
    const { exitCode, stderr } = restore({ failing: '.restoring/b|.replaced/*' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('claim/.replaced') });
    expect(readdirSync(join(claim(), '.replaced')).sort()).toEqual(['a', 'c']);
  });
});
