import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, inProcess } from '../cli/in-process.ts';

/** This repository's own folder. */
export const repository = join(import.meta.dirname, '..', '..');

/** A copy of this repository's own configuration, with an empty folder for caches. */
export function copyRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
  for (const path of ['repoctl.yaml', '.env.example', 'backends/svc-turfoo-ingest']) {
    const filter = (source: string) => !/\.venv|__pycache__|\.env$|_cache/.test(source);
    cpSync(join(repository, path), join(root, path), { recursive: true, filter });
  }
  mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true });
  return root;
}

/** A copy of one of the fixtures. */
export function copyFixture(name: string): string {
  const root = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
  cpSync(join(repository, 'test', 'fixtures', 'valid', name), root, { recursive: true });
  install(root);
  return root;
}

/** Gives a folder the packages of this repository, and repoctl itself among them, as npm would. */
function install(root: string) {
  const packages = join(root, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(repository, 'node_modules')).filter((each) => !each.startsWith('.')))
    symlinkSync(join(repository, 'node_modules', name), join(packages, name));
  symlinkSync(repository, join(packages, 'repoctl'));
}

/** Runs the command line in a folder, in this process. */
export const repoctl = (root: string, ...args: string[]): Promise<Ended> => inProcess(root, args);

/** Runs the bundled command line as a user would, in a process of its own. */
export function repoctlProcess(root: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

/** The texts of a folder's files, by name. */
export const texts = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

/** When a folder's files were last written, by name. */
export const times = (folder: string): Record<string, number> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]));
