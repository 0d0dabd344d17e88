import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { mustBeInside } from '../config/configured-path.ts';
import { load } from '../config/load.ts';
import { ConfigurationError } from '../config/problem.ts';
import { UsageError } from '../platform/errors.ts';

/** A file to write. */
export interface ProposedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text goes to the end of a file that may be there already. @default it is a new file */
  readonly append?: boolean;
  /** Only its owner can read it, and nobody prints it. @default false */
  readonly secret?: boolean;
}

/** The proposed files that are there already, with another text: they would have to be overwritten. */
export const clashes = (root: string, files: readonly ProposedFile[]): string[] =>
  files.filter((file) => !file.append && there(root, file) === 'other').map(({ path }) => path);

/** The proposed files without those that an earlier run has written. */
export const lacking = (root: string, files: readonly ProposedFile[]): ProposedFile[] =>
  files.filter((file) => file.append || there(root, file) !== 'same');

/** What is where a file is to be. A link is something else, also one that leads nowhere. */
function there(root: string, { path, text }: ProposedFile): 'nothing' | 'same' | 'other' {
  try {
    const status = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (!status) return 'nothing';
    return status.isFile() && readFileSync(join(root, path), 'utf8') === text ? 'same' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return 'other';
  }
}

/**
 * Writes files. None is overwritten, and each appears whole or not at all, whenever the process ends.
 *
 * @throws UsageError if one has come into being meanwhile, a folder leads out of the root or can't be written to
 */
export function writeFiles(root: string, files: readonly ProposedFile[]): void {
  const wanted = lacking(root, files);
  for (const { path } of wanted) mustBeInside(root, dirname(join(root, path)), 'Remove the link');
  for (const file of wanted) {
    try {
      writeWhole(join(root, file.path), file);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const why = code === 'EEXIST' ? 'it has come into being meanwhile; nothing is overwritten' : message;
      throw new UsageError(`${file.path} can't be written: ${why}`, 'the files listed before it are written', {
        cause: error,
      });
    }
  }
}

function writeWhole(path: string, { text, append, secret }: ProposedFile): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const before = append && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  try {
    writeFileSync(temporary, before === undefined ? text : appended(before, text), {
      flag: 'wx',
      mode: secret ? 0o600 : 0o666,
    });
    if (before === undefined) {
      // A link, unlike a rename, refuses to replace a file.
      linkSync(temporary, path);
    } else {
      chmodSync(temporary, lstatSync(path).mode);
      renameSync(temporary, path);
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

const appended = (before: string, text: string): string =>
  before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;

/** What would be written: the paths, then the texts. */
export function preview(files: readonly ProposedFile[]): string {
  const paths = files.map(({ path, append }) => `${path}${append ? ' (lines added)' : ''}\n`).join('');
  const texts = files.map(({ path, text, secret }) => `\n--- ${path}\n${secret ? withoutValues(text) : text}`).join('');
  return paths + texts;
}

/** The text of a `.env`, its values covered. */
const withoutValues = (text: string): string => text.replaceAll(/^([\w.-]+=).+$/gm, '$1********');

/**
 * Reads the configuration with what was just written.
 *
 * @throws ConfigurationError that says so
 */
export function checkWritten(root: string): void {
  try {
    load(root, { profile: 'local' });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.lines, 'the files are written: correct them, then run repoctl validate');
  }
}
