import { labelKeys } from '../../charts/common/labels.ts';

/** What a pod's short name is made of. */
export interface NamedPod {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Short names of pods: without the project's prefix, and of their hashes only the last: `turfoo-api-7d9f8c6b5-x2x5d` is
 * `api-x2x5d`. A name that another pod has already got becomes longer: `api-7d9f8c6b5-x2x5d`.
 */
export class ShortNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param prefix the first part of the names of all objects: `turfoo-` */
  constructor(private readonly prefix: string) {}

  /** A pod's short name; it stays the same. */
  of(pod: NamedPod): string {
    const known = this.#names.get(pod.name);
    if (known) return known;
    const short = candidates(pod, this.prefix).find((each) => !this.#taken.has(each)) ?? pod.name;
    this.#names.set(pod.name, short);
    this.#taken.add(short);
    return short;
  }
}

/** From the shortest to the whole name. */
function candidates({ name, labels }: NamedPod, prefix: string): string[] {
  const without = (text: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
  const object = labels?.[labelKeys.instance];
  const rest = object && name.startsWith(`${object}-`) ? name.slice(object.length + 1) : undefined;
  const shortest = object && rest ? [`${without(object)}-${rest.slice(rest.lastIndexOf('-') + 1)}`] : [];
  return [...shortest, without(name), name];
}
