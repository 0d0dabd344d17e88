import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import { inProcess } from '../cli/in-process.ts';
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
  /** What each call of `local` answers. @default what repoctl prints, which runs in this process */
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

const repoctl = join(repository, 'bin', 'repoctl.mjs');

const hasGo = spawnSync('go', ['version']).status === 0;

/** A group of tests that runs where there is Go, in which the interpreter is written that Tilt has; else it is skipped. */
export const describeStarlark = hasGo ? describe : describe.skip;

/** Makes the interpreter; a few seconds the first time. */
export function makeRecorder(): void {
  execFileSync('go', ['build', '-o', program, '.'], { cwd: sources, stdio: ['ignore', 'inherit', 'pipe'] });
}

/** What `local` is to run. */
interface Asked {
  readonly run: readonly string[];
  readonly dir: string;
}

/** Runs a Tiltfile. */
export async function record(question: Question): Promise<Recording> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const tell = (what: object) => child.stdin.write(`${JSON.stringify(what)}\n`);
  tell({ subcommand: 'alpha tiltfile-result', context: 'kind-monorepo', ...question });
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Recording | Asked;
    if (!('run' in said)) return said;
    tell(await answer(said));
  }
  throw new Error('the interpreter ended without an answer');
}

/** What the program prints, which has to be repoctl. */
async function answer({ run: [node, path, ...args], dir }: Asked): Promise<{ output: string; error?: string }> {
  if (node !== 'node' || path !== repoctl) throw new Error(`expected node ${repoctl}, got ${node} ${path}`);
  const { status, stdout, stderr } = await inProcess(dir, args);
  return { output: stdout, ...(status !== 0 && { error: `repoctl ${args.join(' ')}: ${stderr}` }) };
}

/** The arguments of the calls of a builtin. */
export const callsOf = ({ calls }: Recording, name: string): Call[] => calls.filter((call) => call.name === name);
