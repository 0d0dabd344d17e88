import { isDatabaseCluster } from '../../../charts/common/database-cluster-of.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { podTemplateOf } from '../../lifecycle/manifests.ts';

/** An image of a profile. */
export interface ImageUse {
  /** As the manifests have it, without the lock's digest. */
  readonly reference: string;
  /** Whether a project builds it. */
  readonly built: boolean;
  /** The objects that run it: `turfoo/deployment turfoo-api`. */
  readonly users: readonly string[];
}

/** The images that objects run, in the order of their names. Those that are named by a digest alone need no lock. */
export function imageUses(objects: readonly ManifestObject[], built: ReadonlySet<string>): ImageUse[] {
  const users = new Map<string, Set<string>>();
  for (const object of objects) {
    for (const given of imagesIn(object)) {
      const { metadata, kind } = object;
      const image = withoutLock(given);
      const user = `${metadata?.namespace}/${kind.toLowerCase()} ${metadata?.name}`;
      users.set(image, (users.get(image) ?? new Set()).add(user));
    }
  }
  return [...users]
    .filter(([reference]) => !reference.includes('@'))
    .map(([reference, by]) => ({ reference, built: built.has(reference), users: [...by].sort() }))
    .sort((one, other) => (one.reference < other.reference ? -1 : 1));
}

function imagesIn(object: ManifestObject): string[] {
  const { imageName } = (object.spec ?? {}) as { readonly imageName?: string };
  if (isDatabaseCluster(object)) return imageName === undefined ? [] : [imageName];
  const { spec } = podTemplateOf(object) ?? { spec: { containers: [] } };
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image);
}

/** `redis:7@sha256:…` without the digest, which the lock has put there; one that is all there is stays. */
const withoutLock = (image: string): string => image.replace(/(:[\w.-]+)@sha256:[0-9a-f]{64}$/, '$1');

/** How locked images differ from those that are used, or from what their tags lead to now. */
export interface LockChange {
  readonly reference: string;
  readonly from?: string;
  readonly to?: string;
}

/** What the next lock would change. */
export function lockChanges(
  locked: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): LockChange[] {
  const references = [...new Set([...Object.keys(locked), ...Object.keys(now)])].sort();
  return references
    .filter((reference) => locked[reference] !== now[reference])
    .map((reference) => ({
      reference,
      ...(locked[reference] !== undefined && { from: locked[reference] }),
      ...(now[reference] !== undefined && { to: now[reference] }),
    }));
}
