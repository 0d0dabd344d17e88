import { ownerLabels } from '../../charts/common/labels.ts';
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
  const labels = Object.fromEntries(
    Object.entries(namespace.labels).filter(([key]) => !key.startsWith('pod-security')),
  );
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName, namespace: namespace.name, labels },
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

/** Whether an object is repoctl's own, and of this namespace's owner. */
export function isOwn(object: ManifestObject, owner: Readonly<Record<string, string>>): boolean {
  const labels = object.metadata?.labels ?? {};
  const [environment = '', tier] = [
    owner['app.kubernetes.io/part-of'],
    owner['repoctl.dev/tier'] as 'global' | 'project',
  ];
  const wanted = ownerLabels({ environment, tier, project: owner['repoctl.dev/project'] });
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
