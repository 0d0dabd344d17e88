// The temporary folders of a run of the tests, and of all programs that they start, are in one: also those that libraries make
// and leave (cdk8s.outdir.*), and those of tests that fail. temporary-folder-removed.mjs removes it at the end.
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshBundle } from '../scripts/fresh-bundle.mjs';

/** What all of them take, many times over. */
const enough = 512 * 2 ** 20;

/** A folder in memory, if there is one that programs can be run from: ext4 takes a tenth of a run for files that are soon gone. */
function inMemory() {
  const folder = '/dev/shm';
  try {
    const mount = readFileSync('/proc/mounts', 'utf8').match(new RegExp(`^\\S+ ${folder} tmpfs (\\S+)`, 'm'));
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return mount && !mount[1].split(',').includes('noexec') && bavail * bsize > enough ? folder : undefined;
  } catch {
    return undefined;
  }
}

export default async function setUp() {
  const folder = mkdtempSync(join(process.env.TMPDIR || inMemory() || tmpdir(), 'repoctl-unit-'));
  // Some tests look at what another user may not read in it.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  // Programs and threads that the tests start would make it themselves, many of them at once.
  await freshBundle();
}
