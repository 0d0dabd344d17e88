import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyRepository, repository } from '../synth/repository.ts';

const kubeconfig = (server: string, names: readonly string[]) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
    'current-context': names[0],
  });

let root: string;
beforeEach(() => {
  root = copyRepository();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function apply(config: string, ...args: string[]) {
  const path = join(root, 'kubeconfig');
  writeFileSync(path, config);
  return spawnSync(process.execPath, [join(repository, 'bin', 'repoctl.mjs'), 'secrets', 'apply', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: path },
  });
}

const nobody = 'https://127.0.0.1:9';

describe('repoctl secrets apply', () => {
  test('takes no other cluster than the environment’s own, however local its address looks', () => {
    const { status, stderr } = apply(kubeconfig(nobody, ['prod']));
    expect(status).toBe(3);
    expect(stderr).toContain('error: the kubeconfig has no context "kind-monorepo"');
    expect(stderr).toContain('repoctl up makes the cluster');
  });

  test('says in its first line where it changes something', () => {
    const { stderr } = apply(kubeconfig(nobody, ['other', 'kind-monorepo']));
    expect(stderr.split('\n')[0]).toBe(`context kind-monorepo (${nobody})`);
  });

  test('refuses a context that there isn’t, and says which there are', () => {
    const { status, stderr } = apply(kubeconfig(nobody, ['kind-monorepo', 'other']), '--context', 'kind-monorep');
    expect(status).toBe(2);
    expect(stderr).toContain(
      'no context "kind-monorep" in the kubeconfig; allowed: kind-monorepo, other; did you mean "kind-monorepo"?',
    );
  });

  test('says which cluster it could not reach', () => {
    const { status, stderr } = apply(kubeconfig(nobody, ['kind-monorepo']));
    expect(status).toBe(3);
    expect(stderr).toContain(`error: can't reach ${nobody} (context kind-monorepo): ECONNREFUSED`);
  });

  test('says that a kubeconfig is no kubeconfig', () => {
    const { status, stderr } = apply('not: [valid');
    expect([status, stderr]).toEqual([2, expect.stringContaining("error: can't read the kubeconfig")]);
  });

  test('makes no .env before it knows what the cluster has', () => {
    apply(kubeconfig(nobody, ['kind-monorepo']));
    expect(existsSync(join(root, '.env'))).toBe(false);
  });

  test('makes nothing when the configuration is wrong', () => {
    writeFileSync(join(root, 'repoctl.yaml'), 'nam: monorepo\n');
    expect(apply(kubeconfig(nobody, ['kind-monorepo'])).status).toBe(2);
    expect(existsSync(join(root, '.env'))).toBe(false);
  });
});
