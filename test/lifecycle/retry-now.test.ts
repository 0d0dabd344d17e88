import { expect, test } from '@jest/globals';
import { awaitingRetry } from '../../src/lifecycle/retry-now.ts';
import type { Pod } from '../../src/status/rules/objects.ts';

function pod(name: string, reason: string | undefined, changes: Partial<Pod['metadata']> = {}, init = false): Pod {
  const statuses = [{ name: 'a', state: reason === undefined ? { running: {} } : { waiting: { reason } } }];
  return {
    metadata: { name, namespace: 'shop', ownerReferences: [{ kind: 'ReplicaSet', name: 'shop-api-1' }], ...changes },
    spec: { containers: [{ name: 'a' }] },
    status: init ? { initContainerStatuses: statuses } : { containerStatuses: statuses },
  };
}

test('takes the pods that wait for their next attempt, and only those that are made again at no cost', () => {
  const pods = [
    pod('pulls', 'ImagePullBackOff'),
    pod('pull-error', 'ErrImagePull'),
    pod('crashes', 'CrashLoopBackOff'),
    pod('init-crashes', 'CrashLoopBackOff', {}, true),
    pod('of-a-set', 'CrashLoopBackOff', { ownerReferences: [{ kind: 'StatefulSet', name: 'shop-postgres' }] }),
    pod('lacks-a-secret', 'CreateContainerConfigError'),
    pod('runs', undefined),
    pod('is-made', 'ContainerCreating'),
    pod('of-a-job', 'ImagePullBackOff', { ownerReferences: [{ kind: 'Job', name: 'shop-migrate' }] }),
    pod('by-hand', 'ImagePullBackOff', { ownerReferences: undefined }),
    pod('ends', 'ImagePullBackOff', { deletionTimestamp: '2026-11-27T00:00:00Z' }),
  ];
  expect(awaitingRetry(pods).map(({ metadata }) => metadata.name)).toEqual([
    'pulls',
    'pull-error',
    'crashes',
    'init-crashes',
    'of-a-set',
    'lacks-a-secret',
  ]);
});
