import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { insideRoot, leadsAway } from './configured-path.ts';
import type { Problem } from './problem.ts';

/** A variable of a `.env` file. Its value stays in the file. */
export interface EnvironmentKey {
  readonly name: string;
  readonly line: number;
  readonly empty: boolean;
}

/** What a reading was made of: each question that was asked of the disk, and a digest of the answer. */
export type Inputs = Readonly<Record<string, string>>;

/**
 * Reads files below a root and remembers what it was asked, so that a later run can tell whether the answers are still
 * the same. Paths are relative to the root, with `/`.
 */
export class Reader {
  readonly #inputs: Record<string, string> = {};
  readonly #unreadable = new Map<string, string>();

  constructor(readonly root: string) {}

  /** What was read since the reader was made. */
  get inputs(): Inputs {
    return this.#inputs;
  }

  /** The files and folders that are there but can't be read. */
  get problems(): Problem[] {
    return [...this.#unreadable].map(([file, message]) => ({ file, place: { line: 1, column: 1 }, message }));
  }

  /** Whether everything still reads as it did. */
  matches(inputs: Inputs): boolean {
    return Object.entries(inputs).every(([question, digest]) => {
      const [kind, path] = [question.slice(0, question.indexOf(':')), question.slice(question.indexOf(':') + 1)];
      return digest === digestOf(ask(this.root, kind as keyof Answers, path).answer);
    });
  }

  /** The text of a file; `undefined` if there is none. */
  text(path: string): string | undefined {
    return this.#ask('text', path);
  }

  /** The sorted names in a folder; `undefined` if there is none. */
  names(path: string): string[] | undefined {
    return this.#ask('names', path);
  }

  /** What a path leads to; `undefined` if to nothing. */
  entry(path: string): 'file' | 'folder' | undefined {
    return this.#ask('entry', path);
  }

  /** The variables of a `.env` file, without their values; `undefined` if there is no such file. */
  keys(path: string): EnvironmentKey[] | undefined {
    return this.#ask('keys', path);
  }

  /** The path below the root that a path leads to, links followed; `undefined` if there is none, or outside the root. */
  inside(path: string): string | undefined {
    return this.#ask('inside', path);
  }

  /** The links below a folder that lead outside the root, relative to the root; `undefined` if there is no such folder. */
  linksAway(path: string): string[] | undefined {
    return this.#ask('linksAway', path);
  }

  #ask<Kind extends keyof Answers>(kind: Kind, path: string): Answers[Kind] {
    const { answer, unreadable } = ask(this.root, kind, path);
    if (unreadable) this.#unreadable.set(path, unreadable);
    this.#inputs[`${kind}:${path}`] = digestOf(answer);
    return answer;
  }
}

interface Answers {
  readonly text: string | undefined;
  readonly names: string[] | undefined;
  readonly entry: 'file' | 'folder' | undefined;
  readonly keys: EnvironmentKey[] | undefined;
  readonly inside: string | undefined;
  readonly linksAway: string[] | undefined;
}

/** Each is told what the path leads to. */
const answers: { readonly [Kind in keyof Answers]: (root: string, path: string, end: Stats) => Answers[Kind] } = {
  text: (root, path, end) => contents(root, path, end),
  names: (root, path) => readdirSync(join(root, path)).sort(),
  entry: (_root, _path, end) => (end.isDirectory() ? 'folder' : 'file'),
  keys: (root, path, end) => environmentKeys(contents(root, path, end)),
  inside(root, path) {
    const end = insideRoot(root, path);
    return 'inside' in end ? end.inside : undefined;
  },
  linksAway: (root, path, end) => (end.isDirectory() ? linksAway(root, path) : []),
};

/** The largest file that is read, in bytes: 1 MiB. */
const largestFile = 2 ** 20;

/** A file that is there and that nobody reads; the message says why. */
class UnreadableError extends Error {}

function contents(root: string, path: string, { size }: Stats): string {
  if (size > largestFile)
    throw new UnreadableError(`has ${size} bytes; a file of the configuration can have ${largestFile} at most`);
  return readFileSync(join(root, path), 'utf8');
}

/** What lies below synced folders and is never part of a program's source. */
const skipped = /^(\.|node_modules$|__pycache__$)/;

/** The links below a folder that lead out of the root, relative to the root. */
function linksAway(root: string, folder: string): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (skipped.test(entry.name)) continue;
      const here = `${path}/${entry.name}`;
      if (entry.isDirectory()) visit(here);
      else if (entry.isSymbolicLink()) {
        const end = insideRoot(root, here);
        if ('lacks' in end && end.lacks === 'root') found.push(here);
      }
    }
  };
  visit(folder);
  return found.sort();
}

/** What the system says of a path that leads to nothing, or that can't be one. */
const nothingThere = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

function ask<Kind extends keyof Answers>(
  root: string,
  kind: Kind,
  path: string,
): { answer?: Answers[Kind]; unreadable?: string } {
  try {
    const whole = join(root, path);
    const isRead = kind === 'text' || kind === 'keys';
    // An exception takes ten times as long, and most projects lack most of what they may have.
    const entry = lstatSync(whole, { throwIfNoEntry: false });
    if (!entry) return {};
    const end = entry.isSymbolicLink() ? statSync(whole, { throwIfNoEntry: false }) : entry;
    if (!end) return isRead ? { unreadable: leadsAway } : {};
    // Only what is inside of the repository is read, whatever links are on the way.
    if (isRead && !('inside' in insideRoot(root, path))) return { unreadable: leadsAway };
    return { answer: answers[kind](root, path, end) };
  } catch (error) {
    if (error instanceof UnreadableError) return { unreadable: error.message };
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EACCES' || code === 'EPERM') return { unreadable: `can't be read: permission denied (${code})` };
    if (code === 'EISDIR' && kind === 'keys') return { unreadable: 'is a folder; expected a file' };
    if (code === 'ELOOP' && (kind === 'text' || kind === 'keys')) return { unreadable: leadsAway };
    if (nothingThere.includes(code)) return {};
    throw error;
  }
}

/** A digest of an answer; of a text that is as short, the text. */
function digestOf(answer: unknown): string {
  if (answer === undefined) return 'none';
  const text = JSON.stringify(answer);
  return text.length <= 30 ? text : hash('sha1', text, 'base64url');
}

/** The variables of a `.env` text, each with the line of its value: the last one that names it. */
export function environmentKeys(text: string): EnvironmentKey[] {
  const values = parse(text);
  const lines = new Map<string, number>();
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const [, name] = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]/.exec(line) ?? [];
    if (name !== undefined) lines.set(name, index + 1);
  }
  return Object.entries(values).map(([name, value]) => ({ name, line: lines.get(name) ?? 0, empty: value === '' }));
}
