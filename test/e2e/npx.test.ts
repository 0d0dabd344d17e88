import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { attempt, run } from './run.ts';

jest.setTimeout(600_000);

const repository = join(import.meta.dirname, '..', '..');
const root = mkdtempSync(join(tmpdir(), 'repoctl-npx-'));

/** The folder of a Node of a version, from the npm package that brings its program; `undefined` where it can't be had. */
function nodeFolder(version: string): string | undefined {
  const folder = join(root, `node-${version}`);
  mkdirSync(folder);
  const install = ['install', '--no-audit', '--no-fund', '--silent', '--prefer-offline', '--prefix', folder];
  const { status } = attempt('npm', [...install, `node@${version}`], { cwd: folder, timeout: 180_000 });
  const bin = join(folder, 'node_modules', 'node', 'bin');
  return status === 0 && attempt(join(bin, 'node'), ['--version']).status === 0 ? bin : undefined;
}

// The oldest that works, and those with long-term support.
const nodes = ['20.19.0', '22', '24'].map((version) => ({ version, bin: nodeFolder(version) }));

describe('npx with a packed tarball', () => {
  let tarball: string;
  beforeAll(() => {
    run('npm', ['pack', '--silent', '--pack-destination', root], { cwd: repository });
    tarball = join(root, readdirSync(root).find((name) => name.endsWith('.tgz')) ?? '');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  for (const { version, bin } of nodes)
    (bin ? test : test.skip)(`on Node ${version} sets a repository up, adds a project and makes its manifests`, () => {
      const folder = join(root, `repository-${version}`);
      mkdirSync(folder);
      const env = { PATH: `${bin}:${process.env.PATH}` };
      const repoctl = (...args: string[]) =>
        attempt('npx', ['--yes', '--prefer-offline', `--package=${tarball}`, '--', 'repoctl', ...args], {
          cwd: folder,
          env,
        });
      expect(run('node', ['--version'], { env }).stdout).toMatch(new RegExp(`^v${version.replaceAll('.', '\\.')}`));
      expect(repoctl('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
      expect(repoctl('init', '--yes')).toMatchObject({ status: 0 });
      expect(repoctl('infra', 'init', 'shop', '--template', 'node')).toMatchObject({ status: 0 });
      expect(repoctl('synth')).toMatchObject({ status: 0, stderr: expect.stringContaining('3 files written') });
      expect(readdirSync(join(folder, 'dist', 'local')).sort()).toContain('shop.k8s.yaml');
    });
});
