import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { FailureError } from '../platform/errors.ts';
import { findTool } from '../platform/tools/find.ts';
import type { Cluster } from './client.ts';

/** A cluster as far as kubectl has to be told. */
export type KubectlTarget = Pick<Cluster, 'kubectlArguments'>;

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
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What a program said; `stdout` is empty if it went elsewhere. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a container that failed, or that kubectl could not start. Exit code 1. */
export class ExecError extends FailureError {
  /**
   * @param code exit code of the program, if it ended by itself; 1 may also be kubectl's own
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
      `${command[0]} in ${where.namespace}/${where.pod} ${end}: ${lastLines(stderr) || 'it said nothing'}`,
      `repoctl infra project logs ${where.namespace} --tail 20`,
      options,
    );
  }
}

async function kubectl(): Promise<string> {
  const found = await findTool('kubectl');
  if ('path' in found) return found.path;
  throw new FailureError(`${found.lack}; it is needed to reach into pods`, 'repoctl doctor says how to get it');
}

const lastLines = (text: string, count = 5): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^command terminated with exit code \d+$/.test(line))
    .slice(-count)
    .join('\n  ');

/**
 * Runs a program in a container. What goes in and out may be binary and is never whole in memory.
 *
 * @throws ExecError with the program's exit code and what it said; what `input`, `output` or `signal` fail with
 */
export async function exec(
  cluster: KubectlTarget,
  where: ContainerReference,
  command: readonly string[],
  { input, output, signal }: ExecOptions = {},
): Promise<ExecResult> {
  const { namespace, pod, container } = where;
  const place = ['--namespace', namespace, pod, '--container', container];
  const running = execa(
    await kubectl(),
    [...cluster.kubectlArguments, 'exec', ...(input ? ['--stdin'] : []), ...place, '--', ...command],
    {
      stdin: input ? 'pipe' : 'ignore',
      buffer: { stdout: !output, stderr: true },
      stripFinalNewline: false,
      cancelSignal: signal,
      reject: false,
    },
  );
  const [written, read] = await Promise.allSettled([
    output && running.stdout ? pipeline(running.stdout, output) : undefined,
    input && running.stdin ? pipeline(input, running.stdin) : undefined,
  ]);
  const { failed, exitCode, stdout, stderr, cause } = await running;
  signal?.throwIfAborted();
  // A full disk ends the program as well, and is the reason for it.
  if (written.status === 'rejected' && (written.reason as NodeJS.ErrnoException).syscall) throw written.reason;
  if (failed) throw new ExecError(where, command, exitCode, stderr, { cause });
  for (const stream of [written, read]) if (stream.status === 'rejected') throw stream.reason;
  return { stdout: stdout ?? '', stderr };
}

/** A port of this machine that leads to one in the cluster. */
export interface Forwarding {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Settles once it leads nowhere any more. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** How long the cluster may take to make a way to a pod, in milliseconds. */
const forwardingPatience = 30_000;

/**
 * Makes a port of this machine lead to a service.
 *
 * @param target what kubectl calls it, e.g. `service/monorepo-minio`
 * @param localPort 0 for any that is free
 * @throws FailureError with what kubectl said
 */
export async function portForward(
  cluster: KubectlTarget,
  namespace: string,
  target: string,
  port: number,
  localPort = 0,
): Promise<Forwarding> {
  const place = ['--namespace', namespace, '--address', '127.0.0.1', target, `${localPort}:${port}`];
  const running = execa(await kubectl(), [...cluster.kubectlArguments, 'port-forward', ...place], {
    stdin: 'ignore',
    reject: false,
    // It says something for each connection.
    buffer: { stdout: false },
    forceKillAfterDelay: 1000,
  });
  const closed = running.then(() => undefined);
  const close = async () => {
    running.kill();
    await closed;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, forwardingPatience, undefined);
  });
  const announced = await Promise.race([announcedPort(running.stdout), closed, late]);
  clearTimeout(timer);
  if (announced) {
    running.stdout.resume();
    return { port: announced, closed, close };
  }
  await close();
  const { stderr } = await running;
  throw new FailureError(
    `no way to ${target} in ${namespace}: ${lastLines(stderr) || `kubectl said nothing for ${forwardingPatience / 1000} s`}`,
    'repoctl status',
  );
}

/** The port in `Forwarding from 127.0.0.1:41234 -> 9000`. */
async function announcedPort(stdout: Readable): Promise<number | undefined> {
  let text = '';
  return new Promise((resolve) => {
    stdout.on('data', (chunk: Buffer) => {
      if (text.length > 10_000) return;
      text += chunk.toString();
      const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+) ->/m.exec(text) ?? [];
      if (port) resolve(Number(port));
    });
  });
}
