import { describe, expect, test } from '@jest/globals';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { heldReplicas, withReplicas } from '../../src/lifecycle/held-replicas.ts';

const wanted: ManifestObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop-api' },
  spec: { a: 1 },
};
/** A Deployment of three pods, as somebody stated them. */
const existing = (manager: string, operation = 'Apply'): ManifestObject => ({
  ...wanted,
  metadata: {
    name: 'shop-api',
    managedFields: [{ manager, operation, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
  } as ManifestObject['metadata'],
  spec: { a: 1, replicas: 3 },
});

describe('the number of pods is held', () => {
  test('where our manifest stated it, and states it no more', () =>
    expect(heldReplicas(wanted, existing('repoctl'))).toBe(3));

  test.each([
    ['is still stated', withReplicas(wanted, 2), existing('repoctl')],
    ['was set by an autoscaler', wanted, existing('kube-controller-manager', 'Update')],
    ['was applied by something else, which keeps it', wanted, existing('kubectl')],
    ['is of a new workload', wanted, undefined],
    ['is of what has no pods', { ...wanted, kind: 'ConfigMap' }, { ...existing('repoctl'), kind: 'ConfigMap' }],
  ])('but not where it %s', (_case, object, found) => expect(heldReplicas(object, found)).toBeUndefined());
});

test('a workload with a number keeps the rest', () =>
  expect(withReplicas(wanted, 3).spec).toEqual({ a: 1, replicas: 3 }));
