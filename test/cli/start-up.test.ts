import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { repository } from '../synth/repository.ts';

/** The packages whose code a command runs, as V8's coverage lists it. */
function packagesOf(...args: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-coverage-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: folder },
    });
    expect([status, stderr]).toEqual([0, '']);
    const urls = readdirSync(folder).flatMap((name) =>
      (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] }).result.map(
        ({ url }) => url,
      ),
    );
    expect(urls.some((url) => url.endsWith('/build/cli.js'))).toBe(true);
    const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
    return [...new Set(packages)].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// In a checkout the first run may make the bundle.
beforeAll(() => {
  spawnSync(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), '--version']);
});

describe('what is loaded', () => {
  test.each([
    ['--help', ['--help'], []],
    ['infra project start --help', ['infra', 'project', 'start', '--help'], []],
    ['infra list -o name', ['infra', 'list', '-o', 'name'], ['constructs']],
    ['completion of a project', ['__complete', '--', 'infra', 'project', 'start', ''], ['constructs']],
  ])('for %s: neither cdk8s nor the client of Kubernetes', (_, args, packages) => {
    expect(packagesOf(...args)).toEqual(packages);
  });
});
