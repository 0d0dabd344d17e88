import { describe, expect, test } from '@jest/globals';
import { namespaceLabels, ownerLabels } from '../../charts/common/labels.ts';
import { inventoried, inventoryObject, isUnfinished, outdated } from '../../src/lifecycle/inventory.ts';

const owner = { environment: 'dev', tier: 'project', project: 'shop' } as const;
const namespace = { name: 'shop', labels: namespaceLabels(owner, { name: 'local', chain: ['local'] }) };
const reference = (kind: string, name: string, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
});
const service = reference('Service', 'shop-api');
const deployment = reference('Deployment', 'shop-api', 'apps/v1');
const claim = reference('PersistentVolumeClaim', 'shop-files');

describe('an inventory', () => {
  test('lists what it was made of, once and sorted', () => {
    const inventory = inventoryObject(namespace, [service, deployment, service]);
    expect(inventoried('shop', inventory)).toEqual([deployment, service]);
    expect(inventory.metadata?.labels).toEqual(ownerLabels(owner));
  });

  test('that isn’t there, or holds nothing that can be read, lists nothing', () => {
    expect(inventoried('shop', undefined)).toEqual([]);
    expect(inventoried('shop', { ...inventoryObject(namespace, []), data: { objects: 'half a\nline' } })).toEqual([]);
  });
});

describe('a first deployment', () => {
  test('is unfinished until an inventory is applied that no longer says so', () => {
    expect(
      [undefined, inventoryObject(namespace, [service], true), inventoryObject(namespace, [service])].map(isUnfinished),
    ).toEqual([false, true, false]);
  });
});

describe('what is outdated', () => {
  test('is what was applied and is no longer wanted, but never a claim or a namespace', () => {
    const before = [service, deployment, claim, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }];
    expect(outdated(before, [service])).toEqual([deployment]);
  });

  test('is another object if only the kind differs', () => {
    expect(outdated([reference('Job', 'it', 'batch/v1')], [reference('CronJob', 'it', 'batch/v1')])).toHaveLength(1);
  });
});
