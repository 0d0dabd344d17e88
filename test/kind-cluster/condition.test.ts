import { describe, expect, test } from '@jest/globals';
import { judge, type SeenObject } from '../../src/kind-cluster/condition.ts';

const object = (kind: string, name: string): SeenObject => ({ kind, metadata: { name } });
const node = (name: string, status = 'True', lastHeartbeatTime = '2026-01-01T10:00:00Z', message = ''): SeenObject => ({
  ...object('Node', name),
  status: { conditions: [{ type: 'Ready', status, message, lastHeartbeatTime }] },
});
const system = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'].map((name) =>
  object('Namespace', name),
);
const finished = [...system, object('StorageClass', 'standard'), node('a')];
const withoutStorageClass = [...system, node('a')];
const volume = object('PersistentVolume', 'pvc-1');
const started = Date.parse('2026-01-01T10:00:00Z');

describe('a cluster is', () => {
  test.each([
    ['ready when its node is', { initialized: true, objects: finished }, 1, 'ready'],
    ['unfinished without Kubernetes in it', { initialized: false }, 1, 'unfinished'],
    ['unfinished without a storage class', { initialized: true, objects: withoutStorageClass }, 1, 'unfinished'],
    ['unfinished while a worker has not joined', { initialized: true, objects: finished }, 2, 'unfinished'],
    [
      'not unfinished if it holds a volume',
      { initialized: true, objects: [...withoutStorageClass, volume] },
      1,
      'ready',
    ],
    [
      'not unfinished if somebody made a namespace in it',
      { initialized: true, objects: [...withoutStorageClass, object('Namespace', 'shop')] },
      1,
      'ready',
    ],
    ['waited for while the API server is silent', { initialized: true, silence: 'refused' }, 1, 'waiting'],
    [
      'waited for while a node is not Ready',
      { initialized: true, objects: [...finished.slice(0, -1), node('a', 'False')] },
      1,
      'waiting',
    ],
  ])('%s', (_, evidence, size, state) => {
    expect(judge(evidence, size).state).toBe(state);
  });
});

test('after a restart a node is ready once it has said so again', () => {
  const evidence = (heartbeat: string) => ({
    initialized: true,
    objects: [...finished.slice(0, -1), node('a', 'True', heartbeat)],
  });
  expect(judge(evidence('2026-01-01T09:59:59Z'), 1, started)).toEqual({
    state: 'waiting',
    message: 'the node a is not Ready: has not said anything since it was started',
  });
  expect(judge(evidence('2026-01-01T10:00:01Z'), 1, started).state).toBe('ready');
});

test('what a cluster waits for is said in the node’s own words', () => {
  const objects = [...finished, node('b', 'False', undefined, 'cni plugin not initialized')];
  expect(judge({ initialized: true, objects }, 2)).toEqual({
    state: 'waiting',
    message: 'the node b is not Ready: cni plugin not initialized',
  });
});
