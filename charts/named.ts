import type { PodsConstruct } from './common/kind.ts';

/** @throws Error if there is none of that name */
export function named(constructs: ReadonlyMap<string, PodsConstruct>, name: string, what: string): PodsConstruct {
  const found = constructs.get(name);
  if (!found) throw new Error(`no ${what} ${name}; there are: ${[...constructs.keys()].join(', ') || 'none'}`);
  return found;
}
