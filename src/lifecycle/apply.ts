import { type ApiKind, typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { type Cluster, described, type ObjectReference } from '../cluster/client.ts';
import { isOwn } from '../cluster/ownership.ts';
import { removeAndWait } from '../cluster/remove-and-wait.ts';
import { eachOf } from '../platform/each-of.ts';
import { type Claim, type DataSet, dataVersion, type Enlargement, versionAnnotation } from './data-changes.ts';
import { type ExaminationOptions, examine, mustBeClear, type OwnedNamespace, type Step } from './examine.ts';
import { heldReplicas, replicasHolder, withReplicas } from './held-replicas.ts';
import { inventoried, inventoryIn, inventoryObject, outdated } from './inventory.ts';

export interface ApplyOptions extends ExaminationOptions {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The order. @default what others refer to, then the rest */
  readonly waves?: readonly Wave[];
}

/** Objects that are applied together, once those of the wave before are settled. */
export interface Wave {
  readonly takes: (object: ManifestObject) => boolean;
  /** Waits until what was applied is as the next wave needs it. */
  readonly settled?: () => Promise<void>;
}

/** The kinds that other objects refer to. */
const first = ['Namespace', 'ServiceAccount', 'Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service'];

const inTwo: readonly Wave[] = [{ takes: ({ kind }) => first.includes(kind) }, { takes: () => true }];

/**
 * Applies objects to a namespace: the only place that does. What is there and not ours stops it before anything is
 * changed; our fields are taken back from other field managers; objects that can't be changed are replaced if that loses nothing.
 *
 * @throws ClusterError with everything that stands in the way
 */
export async function applyObjects(
  cluster: Cluster,
  namespace: OwnedNamespace,
  objects: readonly ManifestObject[],
  options: ApplyOptions,
): Promise<void> {
  const examination = await examine(cluster, namespace, objects, options);
  mustBeClear([examination]);
  const { report, signal, waves = inTwo } = options;
  await eachOf(examination.enlargements, (each) => enlarge(cluster, namespace, each, report));
  let left = examination.steps;
  for (const { takes, settled } of waves) {
    const wave = left.filter(({ object }) => takes(object));
    left = left.filter((step) => !wave.includes(step));
    await eachOf(wave, (step) => applyObject(cluster, step, signal));
    await settled?.();
  }
}

async function applyObject(cluster: Cluster, { object, way, existing }: Step, signal?: AbortSignal): Promise<void> {
  if (way === 'leave') return;
  if (way === 'replace' || way === 'orphan') await removeAndWait(cluster, object, { orphan: way === 'orphan', signal });
  const held = way === 'apply' ? heldReplicas(object, existing) : undefined;
  if (held !== undefined) {
    const { apiVersion, kind, metadata: { name, namespace } = {} } = object;
    const number = withReplicas({ apiVersion, kind, metadata: { name, namespace } }, held);
    await cluster.apply(number, { force: true, manager: replicasHolder });
  }
  await cluster.apply(object, { force: existing !== undefined && way === 'apply' });
}

async function enlarge(
  cluster: Cluster,
  { name }: OwnedNamespace,
  { claim, size }: Enlargement,
  report: ApplyOptions['report'],
): Promise<void> {
  const reference = { ...claim, ...typeMeta('PersistentVolumeClaim') };
  await cluster.patch(reference, { spec: { resources: { requests: { storage: size } } } });
  report(`${name}: enlarging claim ${claim.metadata.name} to ${size}`);
}

/** Kinds whose objects are removed once the configuration no longer has them, even if something else applied them last. */
const swept: readonly ApiKind[] = ['Deployment', 'StatefulSet', 'CronJob', 'Job', 'Service'];

/**
 * Applies the objects of a namespace, and removes those of an earlier time that are no longer among them, claims aside.
 *
 * The inventory names both the old and the new ones until all is done, so that a command that is cut short leaves
 * nothing that the next one doesn't know of. What Tilt or kubectl applied is in no inventory, and found by its labels.
 *
 * @returns what was removed
 */
export async function applyNamespace(
  cluster: Cluster,
  namespace: OwnedNamespace,
  objects: readonly ManifestObject[],
  options: ApplyOptions & {
    /** Whether no deployment of the namespace has succeeded so far, which its inventory says until this one has. */
    readonly first?: boolean;
  },
): Promise<ManifestObject[]> {
  const before = await appliedBefore(cluster, namespace);
  const wanted = objects.filter(({ kind }) => kind !== 'Namespace');
  const { waves: _waves, first, ...atOnce } = options;
  const inventory = inventoryObject(namespace, [...before, ...wanted], first);
  await applyObjects(cluster, namespace, [...wanted, inventory], options);
  const removed = await ownAmong(cluster, namespace, outdated(before, wanted));
  await eachOf(removed, (each) => cluster.remove(each));
  await applyObjects(cluster, namespace, [inventoryObject(namespace, wanted)], atOnce);
  return removed;
}

/** The objects of a namespace that the configuration no longer has, and that applying it removes. */
export async function leftIn(
  cluster: Cluster,
  namespace: OwnedNamespace,
  wanted: readonly ManifestObject[],
): Promise<ManifestObject[]> {
  return ownAmong(cluster, namespace, outdated(await appliedBefore(cluster, namespace), wanted));
}

async function appliedBefore(cluster: Cluster, namespace: OwnedNamespace): Promise<ObjectReference[]> {
  const inventory = await cluster.get(inventoryIn(namespace.name));
  return [...inventoried(namespace.name, inventory), ...(await labelled(cluster, namespace))];
}

/** The objects that have the namespace's labels, without those that a controller made. */
async function labelled(cluster: Cluster, { name, labels }: OwnedNamespace): Promise<ObjectReference[]> {
  const { [labelKeys.managedBy]: _tool, ...own } = ownerPart(labels);
  const found: ObjectReference[] = [];
  await eachOf(swept, async (kind) => {
    for (const { metadata } of await cluster.list<ManifestObject>(kind, { namespace: name, labels: own })) {
      const { ownerReferences = [] } = metadata as { ownerReferences?: readonly unknown[] };
      if (ownerReferences.length === 0) found.push({ ...typeMeta(kind), metadata });
    }
  });
  return found;
}

/** The objects among some references that exist and belong to the namespace's owner. */
async function ownAmong(
  cluster: Cluster,
  { labels }: OwnedNamespace,
  references: readonly ObjectReference[],
): Promise<ManifestObject[]> {
  const found = new Map<string, ManifestObject>();
  await eachOf(references, async (reference) => {
    const object = await cluster.get(reference);
    if (object && isOwn(object, labels)) found.set(described(reference), object);
  });
  return [...found.values()];
}

/**
 * Says on each claim which version of its program writes what is in it: once the program is gone, only the claim can tell.
 */
export async function noteDataVersions(cluster: Cluster, { name, labels }: OwnedNamespace): Promise<void> {
  const { [labelKeys.managedBy]: _tool, ...own } = ownerPart(labels);
  const sets = await cluster.list<DataSet>('StatefulSet', { namespace: name, labels: own });
  const versions = sets.flatMap((set) => {
    const version = dataVersion(set);
    return version ? [{ set: set.metadata?.name ?? '', major: version.major }] : [];
  });
  if (versions.length === 0) return;
  const claims = await cluster.list<Claim>('PersistentVolumeClaim', { namespace: name });
  for (const { set, major } of versions)
    for (const claim of claims.filter(({ metadata }) => new RegExp(`-${set}-\\d+$`).test(metadata.name)))
      if (claim.metadata.annotations?.[versionAnnotation] !== major)
        await cluster.patch(
          { ...typeMeta('PersistentVolumeClaim'), metadata: claim.metadata },
          { metadata: { annotations: { [versionAnnotation]: major } } },
        );
}
