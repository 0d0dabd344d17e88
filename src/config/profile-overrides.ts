import mergePatch from 'json-merge-patch';
import { copyOf } from '../../charts/common/copy-of.ts';
import type { ProfileName } from '../../charts/model.ts';
import { type Problem, pathText } from './problem.ts';
import { valueAt } from './schema-problems.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a file's `profiles` say, by profile; what is no map is left to the schema. */
const overridesIn = (data: unknown): Fields => {
  const given = valueAt(data, ['profiles']);
  return isMap(given) ? given : {};
};

/** The profiles of which a project's data says something. */
export const overriddenProfiles = (data: unknown): ProfileName[] => Object.keys(overridesIn(data));

/**
 * A project's data as a profile has it, by JSON merge patches (RFC 7396): what it says for the preset, over that what it says for each profile that extends it.
 *
 * @param chain the profile's own name first, the preset last
 */
export const withOverrides = (data: unknown, chain: readonly ProfileName[]): unknown =>
  merged(data, overridesIn(data), chain);

function merged(data: unknown, overrides: Fields, chain: readonly ProfileName[]): unknown {
  const layers = [...chain].reverse().flatMap((name) => {
    const layer = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
    return isMap(layer) ? [layer] : [];
  });
  if (layers.length === 0) return data;
  // The library writes into what it is given.
  return layers.reduce<unknown>((merged, layer) => mergePatch.apply(merged, layer), copyOf(data));
}

/**
 * As much of a project's data, as a profile has it, as that profile or another says something of: entries of its maps, and its
 * name.
 *
 * @param chain of the profile
 * @param other the chain of the other
 */
export function changedBy(data: unknown, chain: readonly ProfileName[], other: readonly ProfileName[]): unknown {
  const given = isMap(data) ? data : {};
  const overrides = overridesIn(data);
  const layers = [...chain, ...other]
    .map((name) => (Object.hasOwn(overrides, name) ? overrides[name] : undefined))
    .filter(isMap);
  const parts = [...new Set(layers.flatMap(Object.keys))]
    .filter((field) => Object.hasOwn(given, field))
    .map((field) => [field, entriesOf(given[field], layers, field)] as const);
  return merged({ name: given.name, ...Object.fromEntries(parts) }, overrides, chain);
}

function entriesOf(given: unknown, layers: readonly Fields[], field: string): unknown {
  if (!isMap(given)) return given;
  const names = layers.flatMap((layer) => (isMap(layer[field]) ? Object.keys(layer[field]) : Object.keys(given)));
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

/** Where a value of the merged data stands in the file: its path below `profiles`, or else as it is. */
export function originOf(
  data: unknown,
  chain: readonly ProfileName[],
  path: readonly PropertyKey[],
): readonly PropertyKey[] {
  const base = depth(data, path);
  const found = chain.find((name) => {
    const layer = overridesIn(data)[name];
    const reached = depth(layer, path);
    // A map that both have stays the base's: its fields are found one by one.
    return reached > base || (reached === path.length && !isMap(valueAt(layer, path)));
  });
  return found === undefined ? path : ['profiles', found, ...path];
}

/** How far a path leads in some data. */
function depth(data: unknown, path: readonly PropertyKey[]): number {
  const absent = path.findIndex((_key, index) => valueAt(data, path.slice(0, index + 1)) === undefined);
  return absent < 0 ? path.length : absent;
}

/** A problem of the merged data as one of the file. */
export function inOverrides(problem: Problem, data: unknown, chain: readonly ProfileName[]): Problem {
  const { place, message } = problem;
  if (!('path' in place)) return problem;
  const path = originOf(data, chain, place.path);
  if (path === place.path) return problem;
  // It may be said of what holds the place.
  const prefixes = place.path.map((_key, index) => place.path.slice(0, index + 1)).reverse();
  const subject = prefixes.map(pathText).find((each) => message.startsWith(`${each}:`)) ?? '';
  const written = pathText(path.slice(0, 2));
  return { ...problem, place: { ...place, path }, message: subject ? `${written}.${message}` : message };
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
