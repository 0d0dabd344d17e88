import type { ManifestObject } from '../../../charts/common/manifest-object.ts';

/** A Secret with its data, in base64. */
export interface SecretObject extends ManifestObject {
  readonly data: Readonly<Record<string, string>>;
}

/** A key of a Secret whose value has changed, and what uses it may not know of that yet. */
export interface ChangedKey {
  readonly namespace: string;
  /** Name of the Secret. */
  readonly secret: string;
  readonly key: string;
  readonly value: string;
  /** The earlier values, the latest last. */
  readonly previous: readonly string[];
}

// A command may be killed between any two steps of a change: what it was stays in the Secret until all is done.
const suffix = '.previous';
const isPrevious = (key: string): boolean => key.endsWith(suffix);

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();
const encoded = (text: string): string => Buffer.from(text).toString('base64');

/**
 * A Secret to apply, with what its changed keys were.
 *
 * @param existing the Secret in the cluster, if there is one
 */
export function withPrevious(wanted: SecretObject, existing: Partial<SecretObject> | undefined): SecretObject {
  const before = existing?.data ?? {};
  const previous = Object.entries(wanted.data).flatMap(([key, value]) => {
    const values = decoded(before[`${key}${suffix}`] ?? '').split('\n');
    const last = before[key];
    if (last !== undefined && last !== value) values.push(decoded(last));
    const kept = [...new Set(values)].filter((each) => each !== '');
    return kept.length > 0 ? [[`${key}${suffix}`, encoded(kept.join('\n'))]] : [];
  });
  return { ...wanted, data: { ...wanted.data, ...Object.fromEntries(previous) } };
}

/** The same Secret once all that uses it knows its values. */
export const withoutPrevious = (secret: SecretObject): SecretObject => ({
  ...secret,
  data: Object.fromEntries(Object.entries(secret.data).filter(([key]) => !isPrevious(key))),
});

/** The keys of a Secret of which something may not know the value yet. */
export function changedKeys({ metadata, data }: SecretObject): ChangedKey[] {
  return Object.keys(data)
    .filter(isPrevious)
    .map((name) => {
      const key = name.slice(0, -suffix.length);
      return {
        namespace: metadata?.namespace ?? '',
        secret: metadata?.name ?? '',
        key,
        value: decoded(data[key] ?? ''),
        previous: decoded(data[name] ?? '').split('\n'),
      };
    });
}
