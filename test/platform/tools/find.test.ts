import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findTool, pathWith } from '../../../src/platform/tools/find.ts';
import { cachedProgram } from '../../../src/platform/tools/tool-cache.ts';
import { cleanUp, emptyFolder, folderWith, program, toolAt } from './server.ts';

const tool = toolAt('http://127.0.0.1:1');

let cache: string;
beforeEach(() => {
  cache = emptyFolder();
});
afterEach(cleanUp);

const find = (...folders: string[]) => findTool(tool, { PATH: [...folders, '/bin'].join(':'), REPOCTL_CACHE: cache });

function fillCache(text = program('0.32.0'), mode = 0o755): string {
  const path = cachedProgram(cache, tool);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('findTool', () => {
  test('takes a program on PATH that is new enough, before the cache', async () => {
    fillCache();
    const folder = folderWith('kind', program('0.27.0'));
    expect(await find(folder)).toEqual({ name: 'kind', path: join(folder, 'kind'), version: '0.27.0', source: 'PATH' });
  });

  test('looks behind one that is too old', async () => {
    const [old, fresh] = [folderWith('kind', program('0.11.1')), folderWith('kind', program('1.0.0'))];
    expect(await find(old, fresh)).toMatchObject({ path: join(fresh, 'kind'), version: '1.0.0' });
  });

  test('takes the cache where the one on PATH is too old', async () => {
    const path = fillCache();
    expect(await find(folderWith('kind', program('0.11.1')))).toEqual({
      name: 'kind',
      path,
      version: '0.32.0',
      source: 'cache',
    });
  });

  test('says which version is too old, and where', async () => {
    const folder = folderWith('kind', program('0.11.1'));
    expect(await find(folder)).toEqual({
      name: 'kind',
      version: '0.11.1',
      lack: `kind 0.11.1 at ${folder}/kind is too old; at least 0.27.0 is needed`,
    });
  });

  test('says that there is none', async () => {
    expect(await find(emptyFolder())).toEqual({ name: 'kind', lack: 'there is no kind on PATH' });
    expect(await findTool(tool, { REPOCTL_CACHE: cache })).toEqual({ name: 'kind', lack: 'there is no kind on PATH' });
  });

  test.each([
    ['fails', '#!/bin/sh\necho "no such library" >&2; exit 127\n', 'no such library'],
    ['says something else', '#!/bin/sh\necho hello\n', 'hello'],
    ['is for another machine', '\u0000\u0001\u0002', ''],
  ])('says what is wrong with one that %s', async (_, text, problem) => {
    const folder = folderWith('kind', text);
    const found = await find(folder);
    expect(found).toMatchObject({ lack: expect.stringContaining(`${folder}/kind does not say its version: `) });
    expect(found).toMatchObject({ lack: expect.stringContaining(problem) });
  });

  test('takes no folder, no text file and no link to nothing for a program', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'kind'));
    const text = emptyFolder();
    writeFileSync(join(text, 'kind'), program('1.0.0'));
    const link = emptyFolder();
    symlinkSync('/nowhere', join(link, 'kind'));
    expect(await find(folder, text, link)).toEqual({ name: 'kind', lack: 'there is no kind on PATH' });
  });

  test.each([
    ['is empty', '', 0o755],
    ["can't be run", program('0.32.0'), 0o644],
  ])('does not take one in the cache that %s', async (_, text, mode) => {
    fillCache(text, mode);
    expect(await find()).toEqual({ name: 'kind', lack: 'there is no kind on PATH' });
  });
});

test('pathWith puts the folders of fetched programs first, and leaves those on PATH where they are', () => {
  const found = [
    { name: 'kind', path: '/c/tools/kind/1/kind', version: '1', source: 'cache' },
    { name: 'tilt', path: '/usr/bin/tilt', version: '1', source: 'PATH' },
  ] as const;
  expect(pathWith(found, { PATH: '/bin:/usr/bin' })).toBe('/c/tools/kind/1:/bin:/usr/bin');
  expect(pathWith(found, {})).toBe('/c/tools/kind/1');
});
