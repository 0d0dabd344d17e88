import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { ClusterError, UsageError } from '../../src/platform/errors.ts';

let folder: string;
let kubeconfig: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repoctl-kubeconfig-'));
  kubeconfig = join(folder, 'config');
  delete process.env.KIND_CLUSTER_NAME;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.env = { ...before };
});

function write(names: readonly string[], current = names[0] ?? ''): void {
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: {} }],
    contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
    'current-context': current,
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
}

/** In a checkout of an environment. */
const checkout = (text = 'name: shop\n') => writeFileSync(join(folder, 'repoctl.yaml'), text);
const chosen = async (context?: string) => (await readKubeconfig({ kubeconfig, folder, context })).getCurrentContext();
const refusal = (options: object = {}) =>
  readKubeconfig({ kubeconfig, folder, ...options }).catch((thrown: unknown) => thrown);

describe('in an environment', () => {
  test('its own cluster is chosen, whatever the current context is', async () => {
    checkout();
    write(['kind-other', 'kind-shop']);
    expect(await chosen()).toBe('kind-shop');
  });

  test('another one is chosen only by its name', async () => {
    checkout();
    write(['kind-other', 'kind-shop']);
    expect(await chosen('kind-other')).toBe('kind-other');
  });

  test.each([
    ['kind', 'name: shop\n', 'kind-shop', 'repoctl up makes the cluster'],
    ['another', 'name: shop\ncluster: { context: colima }\n', 'colima', 'Start that cluster'],
  ])('whose cluster of %s is not there no other one is taken', async (_, text, context, advice) => {
    checkout(text);
    write(['kind-other', 'prod']);
    const error = await refusal();
    expect(error).toBeInstanceOf(ClusterError);
    expect(error).toMatchObject({
      message: `the kubeconfig has no context "${context}", which is the cluster of this environment (repoctl.yaml); it has kind-other, prod`,
      advice: expect.stringContaining(advice),
    });
  });

  test('without a kubeconfig up is named, which makes the cluster and writes one', async () => {
    checkout();
    process.env.HOME = folder;
    for (const given of ['', join(folder, 'nowhere')]) {
      process.env.KUBECONFIG = given;
      const error = await refusal({ kubeconfig: undefined });
      expect(error).toBeInstanceOf(ClusterError);
      expect(error).toMatchObject({ advice: expect.stringContaining('repoctl up') });
    }
  });

  test('a kubeconfig that was named has to be there', async () => {
    checkout();
    expect(await refusal({ kubeconfig: join(folder, 'nowhere') })).toBeInstanceOf(UsageError);
  });
});

describe('without an environment', () => {
  test('the current context is chosen', async () => {
    write(['prod', 'kind-shop']);
    expect(await chosen()).toBe('prod');
  });

  test('without a current one those that there are are named', async () => {
    write(['kind-monorepo'], '');
    expect(await refusal()).toMatchObject({
      message: 'the kubeconfig has no current context; there is kind-monorepo',
      advice: 'kubectl config use-context kind-monorepo, or --context kind-monorepo',
    });
  });

  test('and without a kubeconfig nothing is made up', async () => {
    process.env.HOME = folder;
    process.env.KUBECONFIG = '';
    const error = await refusal({ kubeconfig: undefined });
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: 'there is no kubeconfig yet',
      advice: expect.stringContaining('repoctl up'),
    });
  });
});
