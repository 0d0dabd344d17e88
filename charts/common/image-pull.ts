import { knownKind } from './api-kinds.ts';
import { copyOf } from './copy-of.ts';
import { isDatabaseCluster } from './database-cluster-of.ts';
import type { ManifestObject } from './manifest-object.ts';
import { type Fields, isMap } from './pod-security.ts';
import { FormError, podFields, podParts } from './pod-templates.ts';

/** Where a cluster gets images that are not built here, and how. */
export interface ImagePull {
  /** What stands in place of a registry (`docker.io`), or of all others (`*`): a registry and path, without a `/` at the end. */
  readonly mirror: Readonly<Record<string, string>>;
  /** Names of Secrets of the namespace, for registries that want a login. */
  readonly secrets: readonly string[];
  /** @default IfNotPresent */
  readonly policy?: PullPolicy;
  /** Digests by reference, as the mirrors have it: what was found there once is what runs. */
  readonly locked?: Readonly<Record<string, string>>;
  /** Registry and path of the images that are built, which have no mirror. */
  readonly registry?: string;
}

export const pullPolicies = ['IfNotPresent', 'Always', 'Never'] as const;
export type PullPolicy = (typeof pullPolicies)[number];

/** Images that are built on this machine and are in no registry. */
const isLocal = (reference: string): boolean => /^[a-z0-9][a-z0-9-]*:local$/.test(reference);

/**
 * A reference in full: the registry, and the path in it. By the rules of Docker the first part is a registry if it has a
 * dot or a port, or is `localhost`; without one it is `docker.io`, where a name of one part is below `library`.
 *
 * @see https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export function whole(reference: string): { readonly registry: string; readonly path: string } {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost'))
    return { registry: first, path: rest.join('/') };
  return { registry: 'docker.io', path: rest.length === 0 ? `library/${reference}` : reference };
}

/** An image reference as the mirrors have it: `busybox:1.37.0` below `registry.corp/hub` is `registry.corp/hub/library/busybox:1.37.0`. */
export function mirrored(reference: string, { mirror, registry }: ImagePull): string {
  const own = [registry, ...Object.values(mirror)];
  if (isLocal(reference) || own.some((each) => each !== undefined && reference.startsWith(`${each}/`)))
    return reference;
  const { registry: from, path } = whole(reference);
  const to = mirror[from] ?? mirror['*'];
  return to === undefined ? reference : `${to}/${path}`;
}

/**
 * An object whose pods pull their images so, or those that the operator of a database makes from it. What has no pods, or not
 * the form of its kind, stays as it is.
 */
export function pulled(object: ManifestObject, pull: ImagePull): ManifestObject {
  const copy = copyOf(object) as ManifestObject & Fields;
  if (isDatabaseCluster(copy) && isMap(copy.spec)) {
    pullImage(copy.spec, 'imageName', pull);
    addSecrets(copy.spec, pull);
  }
  const { builtIn, template } = knownKind(object.apiVersion, object.kind);
  if (builtIn && !template) return object;
  try {
    for (const { pod } of podParts(copy, builtIn, template).pods) pullPod(pod, pull);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return object;
  }
  return copy;
}

function pullPod(pod: Fields, pull: ImagePull): void {
  const containers = podFields.flatMap((field) => (Array.isArray(pod[field]) ? pod[field].filter(isMap) : []));
  for (const container of containers) pullImage(container, 'image', pull);
  addSecrets(pod, pull);
}

function pullImage(of: Fields, field: string, pull: ImagePull): void {
  const reference = of[field];
  if (typeof reference !== 'string') return;
  const image = mirrored(reference, pull);
  const digest = pull.locked?.[image];
  of[field] = digest === undefined ? image : `${image}@${digest}`;
  if (pull.policy && !isLocal(image)) of.imagePullPolicy = pull.policy;
}

function addSecrets(of: Fields, { secrets }: ImagePull): void {
  if (secrets.length === 0) return;
  const given = Array.isArray(of.imagePullSecrets) ? of.imagePullSecrets.filter(isMap) : [];
  const added = secrets.filter((name) => !given.some((each) => each.name === name));
  of.imagePullSecrets = [...given, ...added.map((name) => ({ name }))];
}
