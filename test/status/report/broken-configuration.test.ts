import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { repoctl } from '../../synth/repository.ts';
import { ApiServer } from './api-server.ts';
import { crashedPodOf, deployment, namespace } from './objects.ts';

const server = new ApiServer();
const root = mkdtempSync(join(tmpdir(), 'repoctl-test-'));
const kubeconfig = join(root, 'kubeconfig');

beforeAll(async () => {
  const { server: url } = await server.start();
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'kind-dev', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'kind-dev',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  server.put('namespaces', namespace('shop'));
  server.put('deployments', deployment('shop', 'api', 0));
  server.put('pods', crashedPodOf('shop', 'api'));
});

beforeEach(() => writeFileSync(join(root, 'repoctl.yaml'), 'name: dev\nprojcets: []\nglobal: 7\n'));

afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Runs the command line. */
const status = (...args: string[]) => repoctl(root, 'status', '--kubeconfig', kubeconfig, ...args);

const problems = /^repoctl\.yaml:2:1: .*projcets.*\nrepoctl\.yaml:3:9: .*\n2 problems; /;

describe('with a configuration that is wrong', () => {
  test('status reports by the labels all the same, says what is wrong, and exits as for a wrong configuration', async () => {
    const { status: code, stdout, stderr } = await status();
    expect(stderr).toMatch(problems);
    expect(stderr).toContain('2 problems; the report uses only the labels in the cluster.\n');
    expect(stdout).toContain('context kind-dev, without a configuration: as the labels tell\n');
    expect(stdout).toMatch(/^shop +degraded/m);
    expect(stdout).toContain('exited with 1: no space left');
    expect(code).toBe(2);
  });

  test('so do data', async () => {
    const { status: code, stdout } = await status('-o', 'json', '--fail-on', 'never');
    expect(JSON.parse(stdout)).toMatchObject({ tiers: [{ namespace: 'shop', status: 'degraded' }] });
    expect(code).toBe(2);
  });

  test('there is no telling what to wait for', async () => {
    const { status: code, stdout, stderr } = await status('--wait', '--timeout', '60');
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('2 problems; nothing was changed.\n')]);
  });

  test('and no configuration at all is none that is wrong', async () => {
    rmSync(join(root, 'repoctl.yaml'));
    const { status: code, stdout, stderr } = await status();
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^shop +degraded/m);
  });
});
