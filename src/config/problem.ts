import { counted, printable } from '../platform/text.ts';

/** Where in a file: a place counted from 1, or a path of keys whose place is looked up when it is reported. */
export type Place =
  | { readonly line: number; readonly column: number }
  | { readonly path: readonly PropertyKey[]; readonly at?: 'key' | 'value' };

/** Something that is wrong with the configuration. */
export interface Problem {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly place: Place;
  /** What was given and what is allowed, in one line. */
  readonly message: string;
}

/** A problem as a line for people and editors: `file:line:column: message`. */
export function problemLine(problem: Problem, position: { line: number; column: number }): string {
  return `${problem.file}:${position.line}:${position.column}: ${printable(problem.message)}`;
}

/** The configuration is wrong. Holds every problem that was found, each as a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  /** @param outcome what became of the command */
  constructor(
    readonly lines: readonly string[],
    readonly outcome = 'nothing was changed.',
  ) {
    super(lines.join('\n'));
  }
}

/** All problems, a line each, and what became of the command: `2 problems; nothing was changed.` */
export function problemLines({ lines, ...error }: ConfigurationError, outcome = error.outcome): string[] {
  return [...lines, `${counted(lines.length, 'problem')}; ${outcome}`];
}

/** A path of keys as people write it: `workloads.api.after[1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** A value as it was given, short. */
export function givenText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = value === null ? 'nothing (null)' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Adds a problem of the file that it was made for. */
export type Refuse = (path: readonly PropertyKey[], message: string, at?: 'key' | 'value') => void;
