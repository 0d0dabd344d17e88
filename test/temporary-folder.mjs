// The temporary folders of a run of the tests, and of all programs that they start, are in one: also those that libraries make
// and leave (cdk8s.outdir.*), and those of tests that fail. temporary-folder-removed.mjs removes it at the end.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshBundle } from '../scripts/fresh-bundle.mjs';

export default async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-unit-'));
  // Some tests look at what another user may not read in it.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  // Programs and threads that the tests start would make it themselves, many of them at once.
  await freshBundle();
}
