import { oneLine } from '../../platform/text.ts';
import { messageOf } from './events.ts';

/** Failures that starting again does not mend, and what they come to. */
const known: readonly (readonly [RegExp, string])[] = [
  [/exec format error/i, "its program is built for another architecture than the node's (exec format error)"],
  [/executable file not found|no such file or directory/i, 'its program is not in the image'],
  [/permission denied/i, 'its program may not be run'],
  [/no command specified/i, 'neither it nor its image says what to run'],
  [
    /is not a directory|not a directory: unknown|mount a (?:directory|file) onto/i,
    'a file is mounted where a directory is, or the other way round',
  ],
];

/** What stands before the message of the program that starts processes. */
const frames = ['unable to start container process: ', 'OCI runtime create failed: '];

/** What the container runtime says when a process can't be started, without the names of its layers. */
export function startError(message: string): { readonly text: string; readonly hopeless: boolean } {
  const whole = messageOf({ message }).trimEnd();
  const from = Math.max(
    0,
    ...frames.map((frame) => (whole.includes(frame) ? whole.lastIndexOf(frame) + frame.length : 0)),
  );
  const bare = whole.slice(from).replace(/: unknown$/, '');
  const found = known.find(([pattern]) => pattern.test(whole));
  return { text: found ? `${found[1]}: ${oneLine(bare)}` : oneLine(bare), hopeless: found !== undefined };
}
