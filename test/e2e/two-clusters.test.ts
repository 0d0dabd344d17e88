import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { cluster, ensureCluster } from './environment.ts';
import { attempt, run } from './run.ts';
import { SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

const first = new SmallEnvironment('two', cluster);
const second = new SmallEnvironment('two', `${cluster}-b`);

beforeAll(() => {
  ensureCluster();
  first.clear('ledger', 'two');
  first.loadImages();
  const image = process.env.KIND_NODE_IMAGE ? ['--image', process.env.KIND_NODE_IMAGE] : [];
  // kind makes the new one the current context.
  run('kind', ['create', 'cluster', '--name', second.cluster, ...image]);
  second.loadImages();
});

afterAll(() => {
  first.clear('ledger', 'two');
  attempt('kind', ['delete', 'cluster', '--name', second.cluster]);
  first.remove();
  second.remove();
});

const running = ({ kubectl }: SmallEnvironment) =>
  kubectl('get', 'pods', '-n', 'ledger', '--field-selector=status.phase=Running', '-o', 'name', '--ignore-not-found');

test('two checkouts with a cluster each leave each other alone, whichever context is the current one', () => {
  expect(run('kubectl', ['config', 'current-context']).stdout.trim()).toBe(second.context);
  const started = first.project('start', 'ledger');
  expect([started.stderr.split('\n')[0], started.status]).toEqual([
    expect.stringMatching(new RegExp(`^context ${first.context} \\(https://`)),
    0,
  ]);
  expect(second.kubectl('get', 'namespaces', '-l', 'repoctl.dev/tier', '-o', 'name')).toBe('');
  expect(second.project('start', 'ledger').status).toBe(0);
  run('kubectl', ['config', 'use-context', first.context]);
  expect(second.repoctl('status').stdout).toContain(`context ${second.context}`);
  expect(second.project('stop', 'ledger').status).toBe(0);
  expect(running(second)).toBe('');
  expect(running(first)).not.toBe('');
  expect(second.project('reset', 'ledger', '--yes', '--no-backup').status).toBe(0);
  expect(first.sql('select count(*) from entries')).toBe('0');
  expect(first.repoctl('status', 'ledger').status).toBe(0);
});

test('a checkout whose cluster is gone takes no other one', () => {
  run('kind', ['delete', 'cluster', '--name', second.cluster]);
  const { status, stderr } = second.project('stop', 'ledger');
  expect([status, stderr]).toEqual([3, expect.stringContaining('repoctl up makes the cluster')]);
  expect(running(first)).not.toBe('');
});
