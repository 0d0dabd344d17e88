import { execa } from 'execa';
import { FailureError, UsageError } from '../errors.ts';
import { lastLines } from '../text.ts';
import { diagnose, installation } from './diagnosis.ts';

export interface RunOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** Added to the environment variables of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Goes to its stdin. @default nothing */
  readonly input?: string;
  /** Stops it; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Gets each line of its output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ctrl-C on the terminal does not reach it: for what puts things in order after a Ctrl-C. */
  readonly apart?: boolean;
  /** The advice of the error if it fails. */
  readonly advice?: string;
}

/** How a program ended. */
export interface Outcome {
  /** `docker run --detach`: what was run, as messages name it. */
  readonly what: string;
  /** `undefined` if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, whichever that is.
 *
 * @throws UsageError if it is not installed
 * @throws ClusterError if it says that Docker is not running
 */
export async function attempt(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { cwd, env, input, signal, onLine, apart } = options;
  signal?.throwIfAborted();
  const watched = onLine ? (['pipe', linesTo(onLine)] as const) : 'pipe';
  const result = await execa(program, args, {
    cwd,
    env,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    stdout: watched,
    stderr: watched,
    cancelSignal: signal,
    detached: apart,
    reject: false,
  });
  if (signal?.aborted) throw signal.reason;
  const what = [program.split('/').at(-1), ...args.slice(0, 2)].join(' ');
  if (result.exitCode === undefined && result.signal === undefined)
    throw notStarted(program, result.code, result.cause);
  const outcome = { what, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  const diagnosis = result.failed ? diagnose(outcome.stderr) : undefined;
  if (diagnosis) throw diagnosis;
  return outcome;
}

/**
 * Runs a program that must succeed.
 *
 * @returns its stdout, without the last line's end
 * @throws FailureError with the last lines of its output if it fails
 * @throws UsageError, ClusterError as {@link attempt}
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await attempt(program, args, options);
  if (outcome.exitCode !== 0) throw failure(outcome, options.advice);
  return outcome.stdout;
}

/** The error that reports a failed program. */
export function failure({ what, exitCode, stdout, stderr }: Outcome, advice?: string): FailureError {
  const how = exitCode === undefined ? 'was ended by a signal' : `failed (exit code ${exitCode})`;
  const lines = lastLines(stderr.trim() === '' ? stdout : stderr);
  return new FailureError([`${what} ${how}`, ...lines.map((line) => `  ${line}`)].join('\n'), advice);
}

function notStarted(program: string, code: string | undefined, cause: unknown): UsageError {
  const name = program.split('/').at(-1) ?? program;
  if (code === 'ENOENT') return new UsageError(`${name} is not installed`, installation(name), { cause });
  return new UsageError(`${program} can't be run: ${code ?? String(cause)}`, installation(name), { cause });
}

function linesTo(onLine: (line: string) => void) {
  return function* (line: unknown) {
    onLine(String(line));
    yield line;
  };
}
