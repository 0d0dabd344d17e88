import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { ApiServer } from '../status/report/api-server.ts';
import { namespace } from '../status/report/objects.ts';
import { repository } from '../synth/repository.ts';

/** The files whose code a command runs, as V8's coverage lists them. */
async function filesOf(args: readonly string[], cwd = repository): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-coverage-'));
  try {
    const { exitCode, stderr } = await execa(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), ...args], {
      cwd,
      env: { NODE_V8_COVERAGE: folder },
      reject: false,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    const urls = readdirSync(folder).flatMap((name) =>
      (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] }).result.map(
        ({ url }) => url,
      ),
    );
    expect(urls.some((url) => url.endsWith('/build/cli.js'))).toBe(true);
    return [...new Set(urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url)))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The packages whose code a command runs. */
async function packagesOf(...args: string[]): Promise<string[]> {
  const files = await filesOf(args);
  return [...new Set(files.flatMap((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))].sort();
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
  ])('for %s: neither cdk8s nor the client of Kubernetes', async (_, args, packages) => {
    expect(await packagesOf(...args)).toEqual(packages);
  });

  test('for a report: no schemas, and nothing that only few kubeconfigs need', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'repoctl-start-up-'));
    const server = new ApiServer();
    const { server: url } = await server.start();
    try {
      server.put('namespaces', namespace('shop'));
      const kubeconfig = join(folder, 'kubeconfig');
      const named = {
        clusters: [{ name: 'x', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
        users: [{ name: 'x', user: {} }],
      };
      const contexts = [{ name: 'x', context: { cluster: 'x', user: 'x' } }];
      writeFileSync(kubeconfig, JSON.stringify({ ...named, contexts, 'current-context': 'x' }));
      const files = await filesOf(['status', '--kubeconfig', kubeconfig], folder);
      const bundled = files.filter((file) => file.startsWith(join(repository, 'build')));
      const bytes = bundled.reduce((sum, file) => sum + statSync(file).size, 0);
      expect(bytes).toBeGreaterThan(200_000);
      expect(bytes).toBeLessThan(700_000);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('node:http only when it is used: it brings undici from Node 22 on', () => {
    const build = join(repository, 'build');
    // Earlier builds leave files there, which nothing imports any more.
    const texts = new Map<string, string>();
    const read = (name: string) => {
      if (texts.has(name)) return;
      const text = readFileSync(join(build, name), 'utf8');
      texts.set(name, text);
      for (const [, imported = ''] of text.matchAll(/(?:from|import\(|import) ?"\.\/([\w-]+\.js)"/g)) read(imported);
    };
    read('cli.js');
    expect(texts.size).toBeGreaterThan(10);
    expect([...texts].filter(([, text]) => /from ?"(?:node:)?http"/.test(text)).map(([name]) => name)).toEqual([]);
  });
});
