import type { ManifestObject } from '../../charts/common/manifest-object.ts';

/** What a manager owns of an object, as `metadata.managedFields` has it. */
interface ManagedEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Owned;
}

interface Owned {
  readonly [key: string]: Owned;
}

type Fields = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An object as somebody applied it last, with what was changed by hand since: what it holds of fields that controllers own, or
 * that the API server made up, is left out. Applying it again brings back just that state.
 *
 * @param existing the object with its `managedFields`
 * @param manager name of the field manager
 * @returns `undefined` if that manager has applied nothing of it
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function appliedBy(existing: ManifestObject, manager: string): ManifestObject | undefined {
  const { managedFields = [] } = (existing.metadata ?? {}) as { managedFields?: readonly ManagedEntry[] };
  const own = managedFields.find(
    (each) => each.manager === manager && each.operation === 'Apply' && each.subresource === undefined,
  );
  if (!own?.fieldsV1) return undefined;
  const { apiVersion, kind, metadata: { name, namespace } = {} } = existing;
  const byHand = managedFields.filter(isByHand).map(({ fieldsV1 }): Owned => {
    const spec = fieldsV1?.['f:spec'];
    return spec ? { 'f:spec': spec } : {};
  });
  const { metadata, ...fields } = owned(existing, byHand.reduce(united, own.fieldsV1)) as Fields;
  return { ...fields, apiVersion, kind, metadata: { ...(metadata as object | undefined), name, namespace } };
}

/** Whether somebody changed fields since, as `kubectl set image` does: without them the rest may not be whole. */
const isByHand = ({ manager = '', operation, subresource }: ManagedEntry): boolean =>
  manager.startsWith('kubectl') && operation === 'Update' && subresource === undefined;

/** What two own together. Who owns a value owns all of it. */
const united = (one: Owned, other: Owned): Owned => {
  const both = Object.entries(other).map(([key, set]): [string, Owned] => {
    const known = one[key];
    if (known === undefined) return [key, set];
    return [key, isWhole(known) || isWhole(set) ? {} : united(known, set)];
  });
  return { ...one, ...Object.fromEntries(both) };
};

const isWhole = (set: Owned): boolean => Object.keys(set).length === 0;

/** The part of a value that is owned. Keys of the set: `f:` a field, `k:` an item by its keys, `v:` a value, `i:` a place. */
function owned(value: unknown, set: Owned): unknown {
  const keys = Object.keys(set).filter((key) => key !== '.');
  if (keys.length === 0) return value;
  if (Array.isArray(value)) return value.flatMap((item, index) => ownedItem(item, index, set));
  if (!isMap(value)) return value;
  const fields = keys.flatMap((key): [string, unknown][] => {
    const name = key.slice(2);
    return value[name] === undefined ? [] : [[name, owned(value[name], set[key] as Owned)]];
  });
  return Object.fromEntries(fields);
}

function ownedItem(item: unknown, index: number, set: Owned): unknown[] {
  for (const [key, below] of Object.entries(set)) {
    const [what, rest] = [key.slice(0, 2), key.slice(2)];
    if (what === 'i:' && Number(rest) === index) return [owned(item, below)];
    if (what === 'v:' && JSON.stringify(item) === rest) return [item];
    if (what === 'k:' && isMap(item)) {
      const wanted = Object.entries(JSON.parse(rest) as Fields);
      if (wanted.every(([name, value]) => item[name] === value)) return [owned(item, below)];
    }
  }
  return [];
}
