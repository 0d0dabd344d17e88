import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ownCluster } from '../../src/config/own-cluster.ts';
import { rootAbove } from '../../src/config/root.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repoctl-own-cluster-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const kindConfig = (more: string) => `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${more}`;
const named = kindConfig('name: dev\n');

describe('the cluster of an environment', () => {
  test.each<[string, string, string | undefined, Record<string, string>, object]>([
    ['that of kind-config.yaml', 'name: shop\n', named, {}, { context: 'kind-dev', kind: 'dev' }],
    ['the environment’s name without one there', 'name: shop\n', kindConfig(''), {}, { context: 'kind-shop' }],
    ['the environment’s name without kind-config.yaml', 'name: shop\n', undefined, {}, { context: 'kind-shop' }],
    ['what repoctl.yaml names', 'name: shop\ncluster: { context: minikube }\n', named, {}, { context: 'minikube' }],
    ['KIND_CLUSTER_NAME first', 'name: s\ncluster: { context: m }\n', named, { KIND_CLUSTER_NAME: 'x' }, { kind: 'x' }],
    ['not an empty variable', 'name: shop\n', named, { KIND_CLUSTER_NAME: '' }, { context: 'kind-dev' }],
    [
      'the same with a mistake elsewhere',
      'name: shop\nwhat: 1\ncluster: { context: m }\n',
      named,
      {},
      { context: 'm' },
    ],
  ])('is %s', (_, environment, kind, env, expected) => {
    writeFileSync(join(root, 'repoctl.yaml'), environment);
    if (kind) writeFileSync(join(root, 'kind-config.yaml'), kind);
    expect(ownCluster(root, env)).toMatchObject(expected);
  });

  test('is no kind cluster where repoctl.yaml names another', () => {
    writeFileSync(join(root, 'repoctl.yaml'), 'name: shop\ncluster: { context: colima }\n');
    expect(ownCluster(root, {})).toEqual({ context: 'colima', source: 'repoctl.yaml' });
  });

  test('is that of any folder below, and of none where there is no environment', () => {
    expect(rootAbove(root)).toBeUndefined();
    writeFileSync(join(root, 'repoctl.yaml'), 'name: shop\n');
    mkdirSync(join(root, 'apps', 'web'), { recursive: true });
    expect(ownCluster(rootAbove(join(root, 'apps', 'web')) ?? '', {}).context).toBe('kind-shop');
  });
});
