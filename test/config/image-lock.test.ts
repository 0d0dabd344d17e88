import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Profile } from '../../charts/model.ts';
import { imageLockText, locked, readImageLock } from '../../src/config/image-lock.ts';
import { Reader } from '../../src/config/reader.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function read(text?: string) {
  const root = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
  if (text !== undefined) writeFileSync(join(root, 'images.lock'), text);
  return readImageLock(new Reader(root));
}

describe('images.lock', () => {
  test('is empty where there is none', () => expect(read()).toEqual({ lock: {}, problems: [] }));

  test('reads as it was written, in the order of names', () => {
    const lock = {
      staging: { 'b:1': digest('b') },
      production: { 'r.example:5000/z:1': digest('a'), 'a:1': digest('c') },
    };
    const text = imageLockText(lock);
    expect(read(text)).toEqual({ lock, problems: [] });
    expect(text.indexOf('production')).toBeLessThan(text.indexOf('staging'));
    expect(text.indexOf('"a:1"')).toBeLessThan(text.indexOf('r.example'));
    expect(read(imageLockText({}))).toEqual({ lock: {}, problems: [] });
  });

  test.each([
    ['version: 2\nprofiles: {}\n', 'version'],
    ['version: 1\nprofiles: { production: { a: latest } }\n', 'profiles.production.a: expected a digest'],
    ['version: 1\nimages: {}\n', 'images'],
    ['version: [\n', 'YAML'],
  ])('%j is refused with what to do', (text, message) => {
    const { lock, problems } = read(text);
    expect([lock, problems[0]?.file]).toEqual([{}, 'images.lock']);
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });
});

describe('a profile', () => {
  const profile = (development: boolean) => ({ name: 'production', development }) as Profile;
  const lock = { production: { 'a:1': digest('a') }, staging: { 'b:1': digest('b') } };

  test('of real clusters gets its own digests', () =>
    expect(locked(profile(false), lock).pull).toEqual({ mirror: {}, secrets: [], locked: lock.production }));
  test('that is not in it, or is for development, gets none', () => {
    expect(locked(profile(true), lock)).toEqual(profile(true));
    expect(locked(profile(false), {})).toEqual(profile(false));
  });
});
