// The temporary folders of a run of the tests, and of all programs that they start, are in one that is removed at its end: those
// that libraries make and leave (cdk8s.outdir.*), and those of tests that fail, too.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setUp() {
  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-unit-'));
  // Some tests look at what another user may not read in it.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
