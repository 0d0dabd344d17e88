import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { backupsFolder, folderName, latestBackup, removeLeftovers, startFolder } from '../../src/backup/folder.ts';
import { manifestFile } from '../../src/backup/manifest.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { failure, temporaryFolder } from './written.ts';

test('a folder is named by the time in UTC, so that names sort as times do', () => {
  expect(folderName(new Date('2026-11-21T14:42:44.123+01:00'))).toBe('2026-11-21T13-42-44Z');
});

test('a backup has its name only once it is finished', async () => {
  const folder = join(temporaryFolder(), 'a', 'b');
  const partial = await startFolder(folder, 'kind-monorepo');
  expect(partial.path).toBe(`${folder}.kind-monorepo.partial`);
  writeFileSync(join(partial.path, 'file'), 'x');
  expect(existsSync(folder)).toBe(false);
  expect(await partial.finish()).toBe(folder);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(existsSync(partial.path)).toBe(false);
});

test('a backup that is given up leaves nothing', async () => {
  const root = temporaryFolder();
  const partial = await startFolder(join(root, 'b'), 'kind-monorepo');
  writeFileSync(join(partial.path, 'file'), 'x');
  await partial.discard();
  expect(readdirSync(root)).toEqual([]);
});

test('no folder that is there is written into', async () => {
  const folder = temporaryFolder();
  expect(await failure(startFolder(folder, 'kind-monorepo'))).toBeInstanceOf(UsageError);
});

test('what was cut short is removed: in the project’s folder, and where the new one goes; nothing of other clusters', async () => {
  const root = temporaryFolder();
  const elsewhere = join(root, 'elsewhere');
  const own = backupsFolder(root, 'turfoo');
  const other = backupsFolder(root, 'shop');
  const left = `${folderName(new Date(Date.UTC(2026, 1, 2)))}.kind-monorepo.partial`;
  for (const path of [
    `${own}/1`,
    `${own}/${left}`,
    // No name that a backup is given.
    `${own}/2.kind-monorepo.partial`,
    `${own}/3.kind-other.partial`,
    `${other}/4.kind-monorepo.partial`,
    `${elsewhere}/out.kind-monorepo.partial`,
    `${elsewhere}/x.kind-monorepo.partial`,
  ])
    mkdirSync(path, { recursive: true });
  const removed = await removeLeftovers(root, 'turfoo', join(elsewhere, 'out'), 'kind-monorepo');
  expect(removed.sort()).toEqual([join(own, left), join(elsewhere, 'out.kind-monorepo.partial')].sort());
  expect(readdirSync(own)).toEqual(['1', '2.kind-monorepo.partial', '3.kind-other.partial']);
  expect(readdirSync(other)).toEqual(['4.kind-monorepo.partial']);
  expect(readdirSync(elsewhere)).toEqual(['x.kind-monorepo.partial']);
});

test('the latest is the newest that is whole', async () => {
  const root = temporaryFolder();
  expect((await failure(latestBackup(root, 'turfoo'))).message).toMatch(/there is no backup in/);
  const own = backupsFolder(root, 'turfoo');
  for (const name of [
    '2026-01-02T00-00-00Z',
    '2026-01-01T00-00-00Z',
    '2026-01-04T00-00-00Z.kind-monorepo.partial',
    '2026-01-03T00-00-00Z',
  ]) {
    mkdirSync(join(own, name), { recursive: true });
    if (!name.startsWith('2026-01-03')) writeFileSync(join(own, name, manifestFile), '{}');
  }
  expect(await latestBackup(root, 'turfoo')).toBe(join(own, '2026-01-02T00-00-00Z'));
});
