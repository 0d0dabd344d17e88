import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureError } from '../platform/errors.ts';
import { lastLines } from '../platform/text.ts';
import { type Channels, openChannels, podPath, protocols } from './channels.ts';
import type { Cluster } from './client.ts';
import { programEnd } from './program-end.ts';

/** A container of a pod. */
export interface ContainerReference {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOptions {
  /** What the program reads. @default nothing */
  readonly input?: Readable;
  /** Where what it prints goes, no faster than it is taken; it is ended. @default it is returned */
  readonly output?: Writable;
  /** Most of what it prints that is returned, in bytes. @default all */
  readonly limit?: number;
  /** Is called when it prints something. */
  readonly onOutput?: () => void;
  /** How long it may take, in milliseconds, the way to it included. @default for ever */
  readonly timeout?: number;
  /** Ends it. A program that prints nothing goes on in the container: the API can't end it. */
  readonly signal?: AbortSignal;
}

/** What a program said; `stdout` is empty if it went elsewhere. */
export interface ExecResult {
  readonly stdout: string;
  /** Its end, if it is long. */
  readonly stderr: string;
}

/** Most of stderr that is kept, in bytes. */
const stderrLimit = 1_000_000;

/** A program in a container that could not be started, or watched to its end. Exit code 1. */
export class ProgramError extends FailureError {}

/** A program in a container that failed. Exit code 1. */
export class ExecError extends FailureError {
  /**
   * @param code its exit code; `undefined` if it could not be run to its end
   * @param stderr what it said
   */
  constructor(
    where: ContainerReference,
    readonly command: readonly string[],
    readonly code: number | undefined,
    readonly stderr: string,
    options?: ErrorOptions,
  ) {
    const end = code === undefined ? 'was cut short' : `ended with exit code ${code}`;
    super(
      `${command[0]} in ${where.namespace}/${where.pod} ${end}: ${lastLines(stderr, 5).join('\n  ') || 'no output'}`,
      `repoctl infra project logs ${where.namespace} --tail 20`,
      options,
    );
  }
}

/**
 * Runs a program in a container that must succeed. What goes in and out may be binary and is never whole in memory.
 *
 * @throws ExecError with the program's exit code and what it said; what `input`, `output` or `signal` fail with
 * @throws RefusedError, ClusterError if the container can't be reached
 */
export async function exec(
  cluster: Cluster,
  where: ContainerReference,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { timeout, signal } = options;
  const late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const signals = [signal, late].filter((each) => each !== undefined);
  try {
    const either = late ? AbortSignal.any(signals) : signal;
    const { code, ...said } = await attemptExec(cluster, where, command, { ...options, signal: either });
    if (code === 0) return said;
    throw new ExecError(where, command, code, said.stderr);
  } catch (error) {
    if (late?.aborted && error === late.reason)
      throw new ExecError(where, command, undefined, `no answer for ${(timeout ?? 0) / 1000} s`, { cause: error });
    if (!(error instanceof ProgramError)) throw error;
    throw new ExecError(where, command, undefined, error.message, { cause: error });
  }
}

/**
 * Runs a program in a container to its end, whichever that is.
 *
 * @throws ProgramError if it could not be started or watched to its end; else as {@link exec}
 */
export async function attemptExec(
  cluster: Cluster,
  where: ContainerReference,
  command: readonly string[],
  { input, output, limit = Number.POSITIVE_INFINITY, onOutput, signal }: Omit<ExecOptions, 'timeout'> = {},
): Promise<ExecResult & { readonly code: number }> {
  const { namespace, pod, container } = where;
  // It may fail while the connection is made, when nothing else listens yet.
  input?.on('error', () => undefined);
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true', ...(input && { stdin: 'true' }) });
  for (const word of command) query.append('command', word);
  const channels = await openChannels(cluster, podPath(namespace, pod, 'exec', query), {
    action: `run ${command[0]} in ${namespace}/${pod}`,
    protocols: input ? [protocols.closing] : [protocols.closing, protocols.plain],
    signal,
  }).catch((error: unknown) => {
    input?.destroy();
    output?.destroy();
    throw error;
  });
  const stderr = new Tail(stderrLimit);
  const stdout = new Readable({ read: () => channels.resume() });
  let status = '';
  let broken: Error | undefined;
  channels.on('data', (channel, bytes) => {
    if (channel === 1) {
      onOutput?.();
      if (!stdout.push(bytes)) channels.pause();
    }
    if (channel === 2) stderr.push(bytes);
    if (channel !== 3) return;
    // The status is the last that comes; not every server closes after it.
    status += bytes.toString();
    channels.close();
  });
  channels.on('end', (error) => {
    broken = error;
    if (error) stdout.destroy(error);
    else stdout.push(null);
  });
  const kept: Buffer[] = [];
  const taken = output ? pipeline(stdout, output) : collect(stdout, kept, limit);
  // What it reads or what it prints fails: its end is of no use any more.
  const fatal = (error: Error) => {
    channels.abort();
    throw error;
  };
  const ended = await Promise.allSettled([taken.catch(fatal), input && send(input, channels).catch(fatal)]);
  signal?.throwIfAborted();
  if (broken) throw new ProgramError(broken.message, undefined, { cause: broken });
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  const end = programEnd(status);
  if ('failure' in end) throw new ProgramError(end.failure);
  return { code: end.code, stdout: Buffer.concat(kept).toString(), stderr: stderr.text() };
}

/**
 * Sends what a program reads, as fast as it is taken, until the program has ended.
 *
 * @throws what `input` fails with
 */
async function send(input: Readable, channels: Channels): Promise<void> {
  let over = false;
  // What can't be sent any more is followed by the end.
  const awaitEnd = () => undefined;
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => void channels.send(0, Buffer.from(chunk)).then(() => done(), awaitEnd),
    final: (done) => void channels.closeChannel(0).then(() => done(), awaitEnd),
  });
  channels.once('end', () => {
    over = true;
    stdin.destroy();
  });
  try {
    await pipeline(input, stdin);
  } catch (error) {
    if (!over) throw error;
  }
}

/** Takes what comes, and keeps as much of it as is wanted. */
async function collect(stream: Readable, kept: Buffer[], limit: number): Promise<void> {
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < limit) kept.push(chunk);
    size += chunk.length;
  }
}

/** Keeps the end of what comes. */
class Tail {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size - (this.#chunks[0]?.length ?? 0) >= this.limit) this.#size -= this.#chunks.shift()?.length ?? 0;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
