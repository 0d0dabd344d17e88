import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..', '..');

/**
 * Copies the program as users have it installed, to a temporary folder: that of a checkout looks first whether its sources have
 * changed. Returns the copy's path, which is gone when this process ends.
 */
export function installedProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-bench-program-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Makes the bundle, if its sources have changed.
  spawnSync(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), '--version']);
  for (const name of ['bin', 'build', 'package.json'])
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin', 'repoctl.mjs');
}
