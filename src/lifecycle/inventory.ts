import { typeMeta } from '../../charts/common/api-versions.ts';
import { ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ObjectReference } from '../cluster/client.ts';

/**
 * The ConfigMap in which repoctl keeps what it has applied to a namespace, as `kpt` and `cli-utils` do: only that may be
 * removed when the configuration no longer has it.
 */
export const inventoryName = 'repoctl-inventory';

/** Of the inventory of a namespace that nothing was brought to its end in yet: there is nothing to go back to. */
const unfinished = 'repoctl.dev/unfinished';

/** Kinds that hold data, or everything: no change of the configuration removes them. */
const kept = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'Cluster'];

const line = ({ apiVersion, kind, metadata }: ObjectReference): string => `${apiVersion} ${kind} ${metadata?.name}`;

/** Where a namespace's inventory is. */
export const inventoryIn = (namespace: string): ObjectReference => ({
  ...typeMeta('ConfigMap'),
  metadata: { name: inventoryName, namespace },
});

/**
 * What a namespace's inventory lists.
 *
 * @param first whether no deployment of the namespace has succeeded so far
 */
export function inventoryObject(
  namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  objects: readonly ObjectReference[],
  first = false,
): ManifestObject {
  const { apiVersion, kind, metadata } = inventoryIn(namespace.name);
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      labels: ownerPart(namespace.labels),
      ...(first && { annotations: { [unfinished]: 'true' } }),
    },
    data: { objects: [...new Set(objects.map(line))].sort().join('\n') },
  };
}

/** Whether an inventory is that of a first deployment that has not succeeded. */
export const isUnfinished = (inventory: ManifestObject | undefined): boolean =>
  Object.hasOwn((inventory?.metadata as { annotations?: object } | undefined)?.annotations ?? {}, unfinished);

/** What makes an unfinished inventory one that something can go back to. */
export const finished = { metadata: { annotations: { [unfinished]: null } } };

/** The objects that an inventory lists. */
export function inventoried(namespace: string, inventory: ManifestObject | undefined): ObjectReference[] {
  const { objects = '' } = (inventory?.data ?? {}) as { objects?: string };
  return objects.split('\n').flatMap((each) => {
    const [apiVersion, kind, name] = each.split(' ');
    return apiVersion && kind && name ? [{ apiVersion, kind, metadata: { name, namespace } }] : [];
  });
}

/** The objects that were applied and are no longer wanted. */
export function outdated(before: readonly ObjectReference[], wanted: readonly ObjectReference[]): ObjectReference[] {
  const names = new Set(wanted.map(line));
  return before.filter((each) => !names.has(line(each)) && !kept.includes(each.kind));
}
