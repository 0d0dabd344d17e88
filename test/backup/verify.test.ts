import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatVersion, manifestFile, parseManifest } from '../../src/backup/manifest.ts';
import type { BackupPart } from '../../src/backup/part.ts';
import { partKind } from '../../src/backup/stores.ts';
import { verifyBackup } from '../../src/backup/verify.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { failure, temporaryFolder, writeBackup } from './written.ts';

const refused = async (folder: string) => {
  const error = await failure(verifyBackup(folder));
  expect(error).toBeInstanceOf(UsageError);
  return error;
};

test('a whole backup is what was written', async () => {
  const folder = temporaryFolder();
  const manifest = await writeBackup(folder);
  const verified = await verifyBackup(folder);
  expect(verified.manifest).toEqual(manifest);
  const [bucket] = manifest.parts.filter(({ kind }) => kind === 'bucket');
  expect(await partKind('bucket').moreFiles?.(bucket as BackupPart, folder)).toMatchObject([
    { key: '../odd key/ü.json', bytes: 2, contentType: 'application/json', metadata: { source: 'test' } },
    { key: 'empty', bytes: 0 },
  ]);
});

describe('a damaged backup is refused', () => {
  const damages: [string, (path: (file: string) => string) => void, RegExp][] = [
    [
      'a truncated file',
      (path) => truncateSync(path('postgres/postgres/turfoo.dump'), 5),
      /turfoo\.dump has 5 bytes; the manifest says 14/,
    ],
    [
      'a longer file',
      (path) => appendFileSync(path('immudb/immudb.tar'), 'x'),
      /immudb\.tar has 13 bytes; the manifest says 12/,
    ],
    [
      'other contents',
      (path) => writeFileSync(path('immudb/immudb.tar'), 'Transactions'),
      /immudb\.tar has other contents .*SHA-256/,
    ],
    ['a missing file', (path) => rmSync(path('immudb/immudb.tar')), /immudb\/immudb\.tar is missing/],
    [
      'a missing object',
      (path) => rmSync(path('buckets/turfoo-raw/0000/0')),
      /buckets\/turfoo-raw\/0000\/0 is missing/,
    ],
    [
      'an object with other contents',
      (path) => writeFileSync(path('buckets/turfoo-raw/0000/0'), '[]'),
      /0000\/0 has other contents/,
    ],
    ['a missing list of objects', (path) => rmSync(path('buckets/turfoo-raw.jsonl')), /turfoo-raw\.jsonl is missing/],
  ];

  test.each(damages)('%s', async (_name, damage, message) => {
    const folder = temporaryFolder();
    await writeBackup(folder);
    damage((file) => join(folder, file));
    expect((await refused(folder)).message).toMatch(message);
  });

  test('every fault is told', async () => {
    const folder = temporaryFolder();
    await writeBackup(folder);
    rmSync(join(folder, 'immudb/immudb.tar'));
    truncateSync(join(folder, 'postgres/postgres/turfoo.dump'), 0);
    const { message } = await refused(folder);
    expect(message).toMatch(/immudb\.tar is missing/);
    expect(message).toMatch(/turfoo\.dump has 0 bytes/);
  });
});

describe('what is no backup is refused', () => {
  test('a folder without a manifest', async () => {
    expect((await refused(temporaryFolder())).message).toMatch(/it has no manifest\.json/);
  });

  test('a folder that is not there', async () => {
    expect((await refused('/nowhere/at-all')).message).toMatch(/\/nowhere\/at-all is not a backup/);
  });

  test('a folder of a backup that was cut short, even with a manifest', async () => {
    const folder = join(temporaryFolder(), '2026-11-21T14-42-44Z.partial');
    await writeBackup(folder);
    expect((await refused(folder)).message).toMatch(/unfinished backup/);
  });

  test('a format that is newer than this version knows, whatever else has changed in it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, manifestFile), JSON.stringify({ formatVersion: formatVersion + 1, repoctl: '9.8.7' }));
    const { message, advice } = await refused(folder);
    expect(message).toContain(`has format ${formatVersion + 1}; this repoctl knows formats up to ${formatVersion}`);
    expect(advice).toContain('repoctl 9.8.7');
  });
});

describe('a manifest', () => {
  const text = async (change: (manifest: { parts: { files: { path: string }[] }[] }) => void) => {
    const folder = temporaryFolder();
    await writeBackup(folder);
    const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8'));
    change(manifest);
    return JSON.stringify(manifest);
  };

  test.each(['../secret', '/etc/passwd', 'a/../../b', 'a//b', 'a\\b', '.'])(
    'does not lead out of its folder: %s',
    async (path) => {
      const changed = await text(({ parts }) => {
        const [file] = parts[0]?.files ?? [];
        if (file) file.path = path;
      });
      expect(() => parseManifest(changed, 'manifest.json')).toThrow(/parts\.0\.files\.0\.path/);
    },
  );

  test.each([
    ['nothing', '', /is not JSON/],
    ['a text', '"x"', /is not a backup's manifest/],
    ['null', 'null', /is not a backup's manifest/],
    ['a cut one', '{"formatVersion": 1', /is not JSON/],
    [
      'an unknown kind of part',
      '{"formatVersion":1,"repoctl":"1","environment":"e","project":"p","profile":"local","time":"2026-01-01T00:00:00Z","parts":[{"kind":"x"}],"skipped":[]}',
      /parts\.0\.kind/,
    ],
  ])('is refused: %s', (_name, given, message) => {
    expect(() => parseManifest(given, 'manifest.json')).toThrow(message);
  });
});
