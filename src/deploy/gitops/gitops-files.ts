import type { Plan, PlannedNamespace } from '../../synth/plan.ts';
import { inOrder } from '../../synth/stages.ts';

/** Where the tool of a cluster finds the manifests. */
export interface Source {
  /** URL of the Git repository. */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Folder of the manifests in it. */
  readonly path: string;
}

/** A file of the repository. */
export interface GitopsFile {
  /** Relative to the root. */
  readonly path: string;
  readonly content: object;
}

/** The namespaces of a plan by how many others have to be there before: the global tier, then what needs only that, and so on. */
export function levels({ namespaces }: Plan): PlannedNamespace[][] {
  const level = new Map<string, number>();
  const all = inOrder(namespaces);
  for (const { name, tier, needs } of all)
    level.set(name, tier === 'global' ? 0 : 1 + Math.max(0, ...needs.map((need) => level.get(need) ?? 0)));
  const found: PlannedNamespace[][] = [];
  for (const each of all) {
    const at = level.get(each.name) ?? 0;
    found[at] = [...(found[at] ?? []), each];
  }
  return found.filter((each) => each !== undefined);
}
