import { oneLine } from '../../platform/text.ts';
import { messageOf } from './events.ts';

/** The cause of a failed start, and whether starting again is hopeless. A missing file need not be the program. */
const known: readonly (readonly [RegExp, string, boolean])[] = [
  [/exec format error/i, "its program is built for another architecture than the node's (exec format error)", true],
  [/OOM-killed|memory limit too low/i, 'its memory limit is too low for any process to start: raise it', true],
  [/chdir to cwd/i, 'its working directory is not in the image, or its user may not enter it', true],
  [/seccomp profile|apparmor/i, 'the node does not have its security profile', true],
  [/failed to stat "/i, 'a path that it mounts is not on the node', true],
  [
    /no users found|unable to find (?:user|group)|no matching entries in (?:passwd|group)/i,
    'its image does not have the user that it is to run as',
    true,
  ],
  [
    /is not a directory|not a directory: unknown|mount a (?:directory|file) onto/i,
    'a file is mounted where a directory is, or the other way round',
    true,
  ],
  [
    /executable file .{0,300}not found|executable file not found|: stat \S{1,300}: no such file/i,
    'its program is not in the image',
    true,
  ],
  [
    /\bexec:? .{1,300}: no such file or directory/i,
    'its program, or the interpreter that its first line names, is not in the image',
    true,
  ],
  [/\bexec:? .{1,300}: permission denied/i, 'its program may not be run', true],
  [/no command specified/i, 'neither it nor its image says what to run', true],
  [/is reserved for/i, "the node's container runtime is still busy with an earlier try", false],
  [/context deadline exceeded/i, "the node's container runtime did not answer in time", false],
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
  return { text: found ? `${found[1]}: ${oneLine(bare)}` : oneLine(bare), hopeless: found?.[2] ?? false };
}
