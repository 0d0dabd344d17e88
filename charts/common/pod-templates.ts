import { type Fields, isMap, told } from './pod-security.ts';

/** An object has not the form that its kind has. */
export class FormError extends Error {
  override readonly name = 'FormError';
}

/**
 * The map under a key, made if there is none.
 *
 * @throws FormError if something else stands there
 */
export function child(parent: Fields, key: string, path?: string): Fields {
  parent[key] ??= {};
  const value = parent[key];
  if (!isMap(value)) {
    const place = path === undefined ? key : `${path}.${key}`;
    throw new FormError(`${place} must be a map, given ${told(value)}`);
  }
  return value;
}

/** A pod's specification in an object. */
export interface PodPart {
  /** Where it is. */
  readonly path: readonly string[];
  readonly pod: Fields;
  /** What has it as its `spec`; none for a pod itself. */
  readonly template?: Fields;
  /** The object, if it is a pod itself. */
  readonly root?: Fields;
}

/** The fields of a pod with its containers. */
export const podFields = ['initContainers', 'containers', 'ephemeralContainers'];

/**
 * The pods' specifications in an object, and the maps outside of them. A kind of Kubernetes itself has one or none; in a
 * custom resource, for instance an Argo Rollout, every map with containers is one.
 *
 * @param builtIn whether it is a kind of Kubernetes itself
 * @param path of its pod template, if it has one; made where it is missing
 * @throws FormError if something else stands there
 */
export function podParts(
  object: Fields,
  builtIn: boolean,
  path: readonly string[] | undefined,
): { pods: PodPart[]; others: { path: string[]; value: Fields }[] } {
  if (builtIn) {
    // Other things may have the same names: the keys of a ConfigMap, for instance.
    if (!path) return { pods: [], others: [] };
    const template = path.reduce((parent, key) => child(parent, key), object);
    const pod = child(template, 'spec');
    return { pods: [path.length === 0 ? { path: [], pod, root: object } : { path, pod, template }], others: [] };
  }
  const pods: PodPart[] = [];
  const others: { path: string[]; value: Fields }[] = [];
  const visit = (value: unknown, here: string[], parent: Fields | undefined) => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...here, String(index)], undefined);
    } else if (isMap(value)) {
      if (podFields.some((field) => isContainers(value[field]))) {
        const template = here.at(-1) === 'spec' && parent !== object ? parent : undefined;
        pods.push({ path: here, pod: value, template });
      } else others.push({ path: here, value });
      for (const [key, inner] of Object.entries(value))
        if (here.length > 0 || key !== 'metadata') if (!podFields.includes(key)) visit(inner, [...here, key], value);
    }
  };
  visit(object, [], undefined);
  return { pods, others };
}

const isContainers = (value: unknown): boolean => (Array.isArray(value) ? value.some(isMap) : isMap(value));
