import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster, ObjectReference } from '../cluster/client.ts';
import { eachOf } from '../platform/each-of.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import { inventoried, inventoryName, inventoryObject, isOwn, outdated } from './inventory.ts';
import { imagesAnnotation } from './manifests.ts';

/** What must be there before what refers to it. */
const first = ['Namespace', 'ServiceAccount', 'Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service'];

/**
 * Applies the objects of a namespace, and removes those of an earlier time that are no longer among them, claims aside.
 *
 * The inventory names both the old and the new ones until all is done, so that a command that is cut short leaves
 * nothing that the next one doesn't know of.
 *
 * @returns what was removed
 */
export async function applyNamespace(
  cluster: Cluster,
  namespace: PlannedNamespace,
  objects: readonly ManifestObject[],
): Promise<ObjectReference[]> {
  const inventory = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName, namespace: namespace.name },
  };
  const before = inventoried(namespace.name, await cluster.get(inventory));
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) await cluster.apply(object);
  const wanted = objects.filter(({ kind }) => kind !== 'Namespace');
  await cluster.apply(inventoryObject(namespace, [...before, ...wanted]));
  const early = wanted.filter(({ kind }) => first.includes(kind));
  const late = wanted.filter(({ kind }) => !first.includes(kind));
  await eachOf(early, (object) => cluster.apply(object));
  await eachOf(late, (object) => (object.kind === 'Job' ? applyJob(cluster, object) : cluster.apply(object)));
  const removed = await removeOwn(cluster, namespace, outdated(before, wanted));
  await cluster.apply(inventoryObject(namespace, wanted));
  return removed;
}

/** A job can't be changed: one that failed, or that ran in another image, is made anew. */
async function applyJob(cluster: Cluster, job: ManifestObject): Promise<void> {
  interface Existing extends ManifestObject {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }
  const existing = await cluster.get<Existing>(job);
  const images = ({ metadata }: ManifestObject) =>
    (metadata as { annotations?: Record<string, string> } | undefined)?.annotations?.[imagesAnnotation];
  const failed = existing?.status?.conditions?.some(({ type, status }) => type === 'Failed' && status === 'True');
  // Applied by something else, it says nothing of its images.
  const other = existing && images(existing) !== undefined && images(existing) !== images(job);
  if (existing && (failed || other)) await replaced(cluster, job);
  await cluster.apply(job);
}

async function replaced(cluster: Cluster, job: ManifestObject): Promise<void> {
  await cluster.remove(job);
  while (await cluster.get(job)) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function removeOwn(cluster: Cluster, { labels }: PlannedNamespace, references: readonly ObjectReference[]) {
  const removed: ObjectReference[] = [];
  await eachOf(references, async (reference) => {
    const object = await cluster.get(reference);
    if (object && isOwn(object, labels) && (await cluster.remove(reference))) removed.push(reference);
  });
  return removed;
}
