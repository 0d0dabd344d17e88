import { z } from 'zod';
import { absolutePath } from './fields.ts';
import type { Volume } from './k8s.ts';
import type { Mount } from './pod.ts';

/** Where a program writes whose root file system is read-only. */
export const writableField = z
  .array(absolutePath)
  .min(1)
  .optional()
  .describe(
    'Folders that it writes to, in addition to /tmp. Each is empty when the pod starts. `/` makes the whole root file system writable ' +
      'and keeps the image’s files.',
  );

/** Folders that a container may write to. */
export interface Scratch {
  readonly volumes: readonly Volume[];
  readonly mounts: readonly Mount[];
  readonly writableRoot?: true;
}

/**
 * @param paths what `writable` says
 * @param container its name, where it isn't the main one
 */
export function scratch(paths: readonly string[] = [], container?: string): Scratch {
  const folders = paths.filter((path) => path !== '/');
  const prefix = container === undefined ? 'writable' : `writable-${container}`;
  const mounts = folders.map((path, index) => ({ volume: `${prefix}-${index}`, path }));
  return {
    volumes: mounts.map(({ volume }) => ({ name: volume, emptyDir: {} })),
    mounts,
    ...(folders.length < paths.length && { writableRoot: true as const }),
  };
}
