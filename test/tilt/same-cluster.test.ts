import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { images } from '../../charts/common/images.ts';
import { contextOf } from '../../src/config/kind-config.ts';
import { registryName, registryPort } from '../../src/kind-cluster/registry-files.ts';
import { repository } from '../synth/repository.ts';

const text = (path: string) => readFileSync(join(repository, path), 'utf8');

test('ctlptl makes the same cluster and registry as repoctl up', () => {
  const [registry, cluster] = parseAllDocuments(text('ctlptl.yaml')).map((document) => document.toJS() as object);
  const {
    kind: _kind,
    apiVersion: _version,
    ...kindConfig
  } = parse(text('kind-config.yaml')) as {
    kind: string;
    apiVersion: string;
    name: string;
  };
  expect(registry).toMatchObject({
    name: registryName,
    port: registryPort,
    listenAddress: '127.0.0.1',
    image: images.registry,
  });
  expect(cluster).toMatchObject({
    name: contextOf(kindConfig.name),
    product: 'kind',
    registry: registryName,
    kindV1Alpha4Cluster: kindConfig,
  });
});
