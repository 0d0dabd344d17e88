import { describe, expect, test } from '@jest/globals';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ObjectReference } from '../../src/cluster/client.ts';
import { isFirst, noteDeployed } from '../../src/deploy/roll-back.ts';
import { inventoryName, inventoryObject } from '../../src/lifecycle/inventory.ts';
import { planned } from '../status/report/objects.ts';

const namespace = planned('shop', { api: [] });
const object: ManifestObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop-api', namespace: 'shop' } };

/** Whether a deployment is the first one, where there is something already or nothing, and an inventory or none. */
const first = (existing: ManifestObject | undefined, inventory?: ManifestObject) =>
  isFirst(
    {
      get: async <Type>({ metadata }: ObjectReference) =>
        (metadata?.name === inventoryName && metadata.namespace === 'shop' ? inventory : undefined) as Type | undefined,
    },
    { namespace, steps: [{ object, way: 'apply', existing }] },
  );

describe('a deployment has nothing to go back to', () => {
  test('where nothing is there', async () => expect(await first(undefined)).toBe(true));

  test('where there is only what a first one left that failed', async () =>
    expect(await first(object, inventoryObject(namespace, [object], true))).toBe(true));

  test('until it has become healthy', async () => {
    const inventories: Record<string, ManifestObject> = {
      shop: inventoryObject(namespace, [object], true),
      web: inventoryObject(planned('web', {}), []),
    };
    const changed: unknown[] = [];
    await noteDeployed(
      {
        get: async <Type>({ metadata }: ObjectReference) => inventories[metadata?.namespace ?? ''] as Type | undefined,
        patch: async ({ metadata }, change) => changed.push(metadata?.namespace, change) > 0,
      },
      [namespace, { name: 'web' }, { name: 'new' }],
    );
    expect(changed).toEqual(['shop', { metadata: { annotations: { 'repoctl.dev/unfinished': null } } }]);
  });

  test('but has where one succeeded, or where kubectl applied it', async () =>
    expect([await first(object, inventoryObject(namespace, [object])), await first(object)]).toEqual([false, false]));
});
