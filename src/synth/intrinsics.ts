type Descriptors = ReadonlyMap<PropertyKey, PropertyDescriptor | undefined>;

// Taken before any chart could replace them.
const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const { is } = Object;

const names = [
  'Array',
  'ArrayBuffer',
  'Boolean',
  'Date',
  'Error',
  'Function',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'WeakMap',
] as const;

/** What the language brings along, by what it is called. */
const intrinsics: readonly (readonly [name: string, object: object])[] = names.flatMap((name) => {
  const value = globalThis[name] as object & { readonly prototype?: object };
  return value.prototype
    ? [
        [name, value],
        [`${name}.prototype`, value.prototype],
      ]
    : [[name, value]];
});

const describe = (object: object): Descriptors =>
  new Map(ownKeys(object).map((key) => [key, getOwnPropertyDescriptor(object, key)]));

/** What the parts of the language were when this was loaded. */
const before = intrinsics.map(([name, object]) => ({ name, object, was: describe(object) }));

/**
 * The first part of the language that was replaced or removed since this module was loaded, e.g. `Array.prototype.map`;
 * nothing if none was. What was added does not count.
 */
export function replacedIntrinsic(): string | undefined {
  for (const { name, object, was } of before) {
    const keys = ownKeys(object);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as PropertyKey;
      const old = was.get(key);
      if (old && !same(old, getOwnPropertyDescriptor(object, key))) return `${name}.${String(key)}`;
    }
    if (keys.length < was.size) return `${name}, of which a part was removed`;
  }
  return undefined;
}

const same = (one: PropertyDescriptor, other: PropertyDescriptor | undefined): boolean =>
  other !== undefined && is(one.value, other.value) && is(one.get, other.get) && is(one.set, other.set);
