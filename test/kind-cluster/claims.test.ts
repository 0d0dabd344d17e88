import { describe, expect, test } from '@jest/globals';
import { type Claim, claimLines, isOwn } from '../../src/kind-cluster/claims.ts';

const claim = (namespace: string, name: string, storage?: string, labels = {}): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace, name, labels },
  spec: { resources: { requests: storage ? { storage } : {} } },
});

describe('a claim is the environment’s own', () => {
  const tier = 'repoctl.dev/tier';
  const partOf = 'app.kubernetes.io/part-of';
  test.each([
    [{ [tier]: 'project', [partOf]: 'shop' }, true],
    // Whoever applied its controller: Tilt puts its own name there.
    [{ [tier]: 'project', [partOf]: 'shop', 'app.kubernetes.io/managed-by': 'tilt' }, true],
    [{ [tier]: 'project', [partOf]: 'other' }, false],
    [{ [partOf]: 'shop' }, false],
    [{}, false],
  ])('by its labels %j: %s', (labels, own) => {
    expect(isOwn(claim('shop', 'data', '1Gi', labels), 'shop')).toBe(own);
  });
});

test('claims are listed with their sizes, given or asked for', () => {
  const bound: Claim = {
    ...claim('turfoo', 'data-turfoo-postgres-0', '1Gi'),
    status: { capacity: { storage: '2Gi' } },
  };
  expect(claimLines([bound, claim('shop', 'data-shop-redis-0', '1Gi'), claim('shop', 'odd')])).toEqual([
    '  shop    data-shop-redis-0       1Gi',
    '  shop    odd                     ?',
    '  turfoo  data-turfoo-postgres-0  2Gi',
  ]);
});
