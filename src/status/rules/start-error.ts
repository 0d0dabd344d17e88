import { oneLine } from './text.ts';

/** Failures that starting again does not mend, and what they come to. */
const known: readonly (readonly [RegExp, string])[] = [
  [/exec format error/i, "its program is built for another architecture than the node's (exec format error)"],
  [/executable file not found|no such file or directory/i, 'its program is not in the image'],
  [/permission denied/i, 'its program may not be run'],
];

/** What the container runtime says when a process can't be started, without the names of its layers. */
export function startError(message: string): { readonly text: string; readonly hopeless: boolean } {
  const bare = message
    .replace(/^.*(?:unable to start container process|OCI runtime create failed): /s, '')
    .replace(/: unknown\s*$/, '');
  const found = known.find(([pattern]) => pattern.test(message));
  return { text: found ? `${found[1]}: ${oneLine(bare)}` : oneLine(bare), hopeless: found !== undefined };
}
