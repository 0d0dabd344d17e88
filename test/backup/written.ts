import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { writeText } from '../../src/backup/checked-file.ts';
import { formatVersion, type Manifest, manifestFile, manifestText } from '../../src/backup/manifest.ts';
import { type ObjectEntry, objectListText } from '../../src/backup/object-list.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is gone after the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-backup-'));
  made.push(folder);
  return folder;
}

/** A backup of the project turfoo: a database, an immudb server, and a bucket of two objects. */
export async function writeBackup(folder: string, change: Partial<Manifest> = {}): Promise<Manifest> {
  const dump = await writeText(folder, 'postgres/postgres/turfoo.dump', 'PGDMP and rows');
  const tar = await writeText(folder, 'immudb/immudb.tar', 'transactions');
  const objects: ObjectEntry[] = [
    {
      key: '../odd key/ü.json',
      ...(await writeText(folder, 'buckets/turfoo-raw/0000/0', '{}')),
      contentType: 'application/json',
      metadata: { source: 'test' },
    },
    { key: 'empty', ...(await writeText(folder, 'buckets/turfoo-raw/0000/1', '')) },
  ];
  const list = await writeText(folder, 'buckets/turfoo-raw.jsonl', objectListText(objects));
  const manifest: Manifest = {
    formatVersion,
    repoctl: '0.1.0',
    environment: 'monorepo',
    project: 'turfoo',
    profile: 'local',
    time: '2026-11-21T14:42:44.000Z',
    parts: [
      { kind: 'postgres', service: 'postgres', serverVersion: '16.11', database: 'turfoo', files: [dump] },
      { kind: 'immudb', service: 'immudb', files: [tar] },
      { kind: 'bucket', service: 'minio', bucket: 'turfoo-raw', objects: 2, bytes: 2, files: [list] },
    ],
    skipped: [{ service: 'redis', reason: 'a broker' }],
    ...change,
  };
  await writeText(folder, manifestFile, manifestText(manifest));
  return manifest;
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { readonly advice?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}
