import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { repository } from '../synth/repository.ts';

/** What a Tiltfile is run with. */
export interface Question {
  /** Path of the Tiltfile. */
  readonly main: string;
  readonly subcommand?: string;
  readonly context?: string;
  /** What follows `tilt up`. */
  readonly arguments?: readonly string[];
  /** `--profile` after it. */
  readonly profile?: string;
  /** What each call of `local` answers. @default the programs run */
  readonly local?: string;
  /** Objects that Tilt asks names for: kind, namespace, name. */
  readonly workloads?: readonly (readonly [string, string, string])[];
}

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: what a builtin was given
  readonly kwargs: Readonly<Record<string, any>>;
}

/** The calls of Tilt's builtins that a Tiltfile made. */
export interface Recording {
  readonly calls: readonly Call[];
  /** The names of the question's workloads. */
  readonly names: readonly string[];
  readonly error?: string;
}

const sources = join(import.meta.dirname, 'starlark');
const program = join(repository, 'node_modules', '.cache', 'repoctl', 'starlark-recorder');

const hasGo = spawnSync('go', ['version']).status === 0;

/** A group of tests that runs where there is Go, in which the interpreter is written that Tilt has; else it is skipped. */
export const describeStarlark = hasGo ? describe : describe.skip;

/** Makes the interpreter; a few seconds the first time. */
export function makeRecorder(): void {
  execFileSync('go', ['build', '-o', program, '.'], { cwd: sources, stdio: ['ignore', 'inherit', 'pipe'] });
}

/** Runs a Tiltfile. */
export function record(question: Question): Recording {
  const input = JSON.stringify({ subcommand: 'alpha tiltfile-result', context: 'kind-monorepo', ...question });
  return JSON.parse(execFileSync(program, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Recording;
}

/** The arguments of the calls of a builtin. */
export const callsOf = ({ calls }: Recording, name: string): Call[] => calls.filter((call) => call.name === name);
