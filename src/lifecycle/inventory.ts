import { typeMeta } from '../../charts/common/api-versions.ts';
import { ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ObjectReference } from '../cluster/client.ts';

/**
 * The ConfigMap in which repoctl keeps what it has applied to a namespace, as `kpt` and `cli-utils` do: only that may be
 * removed when the configuration no longer has it.
 */
export const inventoryName = 'repoctl-inventory';

/** Kinds that hold data, or everything: no change of the configuration removes them. */
const kept = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume'];

const line = ({ apiVersion, kind, metadata }: ObjectReference): string => `${apiVersion} ${kind} ${metadata?.name}`;

/** What a namespace's inventory lists. */
export function inventoryObject(
  namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  objects: readonly ObjectReference[],
): ManifestObject {
  return {
    ...typeMeta('ConfigMap'),
    metadata: { name: inventoryName, namespace: namespace.name, labels: ownerPart(namespace.labels) },
    data: { objects: [...new Set(objects.map(line))].sort().join('\n') },
  };
}

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
