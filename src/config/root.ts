import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../platform/errors.ts';

/** The file that describes an environment, in its root folder. */
export const environmentFile = 'repoctl.yaml';

/**
 * The folder with `repoctl.yaml`, at or above a folder.
 *
 * @throws UsageError if there is none
 */
export function findRoot(from: string): string {
  const found = rootAbove(from);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no ${environmentFile} in ${from} or above it`,
    'Run repoctl init to write one, or run this in a folder below an existing one',
  );
}

/** The folder with `repoctl.yaml`, at or above a folder; `undefined` if there is none. */
export function rootAbove(from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, environmentFile))) return directory;
    if (dirname(directory) === directory) return undefined;
  }
}
