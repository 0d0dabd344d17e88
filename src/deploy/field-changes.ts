import { quantityValue } from '../lifecycle/quantity.ts';

/** A field that differs between two states of an object. */
export interface FieldChange {
  /** `spec.template.spec.containers[api].image` */
  readonly path: string;
  /** None if it is new. */
  readonly from?: unknown;
  /** None if it goes. */
  readonly to?: unknown;
  /** Whether its values are not to be shown, and not given here. */
  readonly hidden?: true;
}

type Fields = Readonly<Record<string, unknown>>;

/** A value of an item that no other one of its list has. */
type Key = (item: Fields) => unknown;

/** Fields that the API server keeps for itself. */
const servers = /^(status|metadata\.(managedFields|resourceVersion|generation|creationTimestamp|uid|selfLink))$/;

/** What tells the items of a list apart, as the API merges them. */
const keys: readonly Key[] = [
  (item) => item.name,
  ({ metadata }) => (isMap(metadata) ? metadata.name : undefined),
  ...['mountPath', 'devicePath', 'containerPort', 'port', 'topologyKey', 'host', 'path'].map(
    (field) => (item: Fields) => item[field],
  ),
];

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The fields that differ between two states of an object, in the order of their paths.
 *
 * Items of lists are told apart by their names, not by their places. What the API server keeps for itself is left out, and
 * the values of a Secret are hidden.
 */
export function fieldChanges(from: Fields, to: Fields): FieldChange[] {
  const changes = compare('', from, to);
  if (to.kind !== 'Secret') return changes;
  return changes.map((change) =>
    /^(data|stringData)\b/.test(change.path) ? { path: change.path, hidden: true } : change,
  );
}

function compare(path: string, from: unknown, to: unknown): FieldChange[] {
  if (servers.test(path) || from === to) return [];
  if (isMap(from) && isMap(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => compare(joined(path, name), from[name], to[name]));
  }
  if (Array.isArray(from) && Array.isArray(to)) return compareLists(path, from, to);
  if (from === undefined && isMap(to) && isOpen(path)) return compare(path, {}, to);
  if (to === undefined && isMap(from) && isOpen(path)) return compare(path, from, {});
  if (isQuantity.test(path) && sameQuantity(from, to)) return [];
  return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

const isQuantity = /\.(requests|limits)[.[]|\.sizeLimit$/;

/** `1000m` is `1`. */
function sameQuantity(from: unknown, to: unknown): boolean {
  try {
    return quantityValue(from as string) === quantityValue(to as string);
  } catch {
    // One of them is no quantity, or not there.
    return false;
  }
}

/** Maps of which each entry is worth a line, also when all are new. */
const isOpen = (path: string): boolean => /(^|\.)(labels|annotations|data|stringData)$/.test(path);

function compareLists(path: string, from: readonly unknown[], to: readonly unknown[]): FieldChange[] {
  const key = keys.find((each) => tells(each, from) && tells(each, to));
  if (key === undefined) {
    const places = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index);
    return places.flatMap((index) => compare(`${path}[${index}]`, from[index], to[index]));
  }
  const items = (list: readonly unknown[]) => new Map((list as Fields[]).map((item) => [String(key(item)), item]));
  const [before, after] = [items(from), items(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    compare(`${path}[${name}]`, before.get(name), after.get(name)),
  );
}

/** Whether each item of a list has a value of its own in a field. */
const tells = (key: Key, list: readonly unknown[]): boolean =>
  list.every((item) => isMap(item) && ['string', 'number'].includes(typeof key(item))) &&
  new Set((list as Fields[]).map(key)).size === list.length;

function joined(path: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/**
 * The part of an object that another state of it speaks of: what the API server adds to it is left out. For an object that
 * can't be changed, of which the server won't say what would become of it.
 */
export function narrowed(existing: unknown, wanted: unknown): unknown {
  if (isMap(existing) && isMap(wanted)) {
    const named = Object.keys(wanted).filter((name) => existing[name] !== undefined);
    return Object.fromEntries(named.map((name) => [name, narrowed(existing[name], wanted[name])]));
  }
  if (!Array.isArray(existing) || !Array.isArray(wanted)) return existing;
  const key = keys.find((each) => tells(each, existing) && tells(each, wanted));
  return existing.map((item, index) => {
    const other = key === undefined ? wanted[index] : wanted.find((each) => key(each) === key(item));
    return other === undefined ? item : narrowed(item, other);
  });
}
