import { UsageError } from '../platform/errors.ts';
import type { DataStore, PlacedPart } from './data-store.ts';
import type { Manifest } from './manifest.ts';
import { partKind } from './stores.ts';

/** What goes where in a restore. */
export interface RestorePlan {
  /** In the order in which they are restored. */
  readonly parts: readonly PlacedPart[];
  /** The parts of the backup that are not restored, and the parts of the project that stay unchanged. */
  readonly left: readonly string[];
}

/**
 * Decides where each part of a backup goes.
 *
 * @param stores of the project
 * @param force also the backup of another project, or one with parts that this one has no place for
 * @throws UsageError if the backup doesn't fit
 */
export function planRestore(
  manifest: Manifest,
  project: string,
  stores: readonly DataStore[],
  force = false,
): RestorePlan {
  const target = { project, from: manifest.project };
  if (manifest.project !== project && !force)
    throw new UsageError(
      `this is a backup of ${manifest.project}, not of ${project}`,
      `Restore it into ${manifest.project}; use --force to restore it into ${project} anyway`,
    );
  const placed = stores.map(({ copies }) =>
    manifest.parts.map((part) => (typeof copies === 'string' ? undefined : copies.place(part, target))),
  );
  const names = manifest.parts
    .filter((_part, index) => placed.every((ofStore) => !ofStore[index]))
    .map((part) => partKind(part.kind).describe(part));
  if (names.length > 0 && !force)
    throw new UsageError(
      `${project} has no service or bucket for these parts of the backup: ${names.join(', ')}`,
      'Configure it again, or use --force to restore the rest',
    );
  const left = [
    ...names.map((name) => `${name}: not restored, ${project} does not have it`),
    ...manifest.skipped.map(({ service }) => `${service}: not restored, it is not in the backup`),
  ];
  return { parts: placed.flat().filter((part) => part !== undefined), left };
}
