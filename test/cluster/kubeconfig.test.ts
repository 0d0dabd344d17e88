import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readKubeconfig } from '../../src/cluster/kubeconfig.ts';
import { UsageError } from '../../src/errors.ts';

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
