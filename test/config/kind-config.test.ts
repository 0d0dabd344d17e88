import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clusterName, readKindConfig } from '../../src/config/kind-config.ts';
import { ownCluster } from '../../src/config/own-cluster.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import { UsageError } from '../../src/platform/errors.ts';

const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

describe('the name in kind-config.yaml', () => {
  test('is the cluster’s; it may be left out', () => {
    expect(clusterName(`${head}name: monorepo\n`)).toBe('monorepo');
    expect(clusterName(head)).toBeUndefined();
  });

  test.each([
    [`${head}name: My Repo\n`, 'kind-config.yaml:3:7: name: must be small letters, digits, "." and "-"'],
    [`${head}name: 7\n`, 'given 7'],
    [`${head}name: -x\n`, 'given "-x"'],
    ['name: monorepo\n', 'kind: must be Cluster, given nothing (null)'],
    ['kind: Pod\n', 'kind-config.yaml:1:7: kind: must be Cluster, given "Pod"'],
    ['kind: [\n', 'kind-config.yaml:'],
    ['', 'the file is empty'],
  ])('is refused in %j', (text, message) => {
    expect(() => clusterName(text)).toThrow(ConfigurationError);
    expect(() => clusterName(text)).toThrow(message);
  });
});

describe('the cluster of a repository', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'repoctl-kind-'));
    writeFileSync(join(root, 'repoctl.yaml'), 'name: shop\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('needs kind-config.yaml, and says what its least content is', () => {
    expect(() => readKindConfig(root, {})).toThrow(UsageError);
    expect(() => readKindConfig(root, {})).toThrow(`there is no kind-config.yaml in ${root}`);
  });

  test('is not read through a link out of the repository', () => {
    symlinkSync('/etc/hostname', join(root, 'kind-config.yaml'));
    for (const read of [readKindConfig, ownCluster])
      expect(() => read(root, {})).toThrow('kind-config.yaml is a link that leads nowhere or outside the repository');
  });

  test('has the environment’s name if kind-config.yaml gives none', () => {
    writeFileSync(join(root, 'kind-config.yaml'), head);
    expect(readKindConfig(root, {})).toMatchObject({ name: 'shop', nodeImage: undefined });
  });

  test('has the name of KIND_CLUSTER_NAME before all others, so that a second checkout has its own', () => {
    writeFileSync(join(root, 'kind-config.yaml'), `${head}name: other\n`);
    expect(readKindConfig(root, { KIND_CLUSTER_NAME: 'mine' }).name).toBe('mine');
    expect(readKindConfig(root, { KIND_CLUSTER_NAME: '' }).name).toBe('other');
  });

  test('has the node image that KIND_NODE_IMAGE names', () => {
    writeFileSync(join(root, 'kind-config.yaml'), `${head}name: other\n`);
    const nodeImage = 'kindest/node:v1.34.4';
    expect(readKindConfig(root, { KIND_NODE_IMAGE: nodeImage })).toMatchObject({ name: 'other', nodeImage });
  });
});
