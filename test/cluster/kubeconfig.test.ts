import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { UsageError } from '../../src/platform/errors.ts';

test('without a current context those that there are are named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-kubeconfig-'));
  const kubeconfig = join(folder, 'config');
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'kind-monorepo', context: { cluster: 'c', user: 'u' } }],
    'current-context': '',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const error = await readKubeconfig({ kubeconfig }).catch((thrown: unknown) => thrown);
  rmSync(folder, { recursive: true });
  expect(error).toMatchObject({
    message: 'the kubeconfig has no current context; there is kind-monorepo',
    advice: 'kubectl config use-context kind-monorepo, or --context kind-monorepo',
  });
});

test('on a machine without a kubeconfig nothing is made up: up is named, which writes one', async () => {
  const { HOME, KUBECONFIG = '' } = process.env;
  process.env.HOME = mkdtempSync(join(tmpdir(), 'repoctl-home-'));
  process.env.KUBECONFIG = '';
  const error = await readKubeconfig({}).catch((thrown: unknown) => thrown);
  rmSync(process.env.HOME, { recursive: true });
  Object.assign(process.env, { HOME, KUBECONFIG });
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({
    message: 'there is no kubeconfig yet',
    advice: expect.stringContaining('repoctl up'),
  });
});
