import { constants } from 'node:os';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { CommandError, FailureError } from '../platform/errors.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { type Channels, openChannels, podPath, protocols } from './channels.ts';
import type { Cluster } from './client.ts';
import { connect } from './connect.ts';
import type { ContainerReference } from './exec.ts';
import type { ClusterOptions } from './kubeconfig.ts';
import { mustBeOwn } from './namespaces.ts';
import { podsOf, type Selecting } from './pods-of.ts';
import { programEnd } from './program-end.ts';

/** A Deployment or a StatefulSet. */
export interface Controller {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
}

export interface SessionOptions extends ClusterOptions {
  /** Name of the environment that is at work. */
  readonly environment: string;
  /** The command that starts what is stopped. */
  readonly start: string;
}

/** The channel on which the size of the terminal is told. */
const sizeChannel = 4;

/**
 * Runs a program in the first container of a pod of a controller, on this terminal: it has the keys to itself, and is told
 * the terminal's size. Where stdin or stdout is no terminal, the program has none either.
 *
 * @returns its exit code
 * @throws UsageError if the namespace is not this environment's, or is one of a real cluster
 * @throws FailureError if no pod of it runs, or the program can't be started or watched to its end
 * @throws InterruptedError on Ctrl-C, where the program has no terminal
 */
export async function execIn(
  controller: Controller,
  command: readonly string[],
  options: SessionOptions,
): Promise<number> {
  const cluster = await connect(options);
  await mustBeOwn(cluster, [controller.namespace], options);
  const where = await containerOf(cluster, controller, options.start);
  const { stdin, stdout } = process;
  const terminal = Boolean(stdin.isTTY && stdout.isTTY);
  const query = new URLSearchParams({ container: where.container, stdin: 'true', stdout: 'true' });
  // A terminal has one output only.
  query.set(terminal ? 'tty' : 'stderr', 'true');
  for (const word of command) query.append('command', word);
  const channels = await openChannels(cluster, podPath(where.namespace, where.pod, 'exec', query), {
    action: `run ${command[0]} in ${where.namespace}/${where.pod}`,
    protocols: [protocols.closing],
    impatient: terminal,
  });
  return terminal ? onTerminal(channels, where, command) : onStreams(channels, where, command);
}

async function containerOf(
  cluster: Cluster,
  { kind, namespace, name }: Controller,
  start: string,
): Promise<ContainerReference> {
  const found = await cluster.get<Selecting>({ ...typeMeta(kind), metadata: { namespace, name } });
  if (!found) throw new FailureError(`there is no ${name} in the namespace ${namespace} of ${cluster.context}`, start);
  if (found.spec?.replicas === 0) throw new FailureError(`${name} in ${namespace} is stopped`, start);
  const [pod] = await podsOf(cluster, found);
  const container = pod?.spec.containers[0]?.name;
  if (pod && container) return { namespace, pod: pod.metadata.name, container };
  throw new FailureError(`no pod of ${name} in ${namespace} runs`, `repoctl status ${namespace}`);
}

/** Gives the keys of the terminal to a program until it ends. */
async function onTerminal(channels: Channels, where: ContainerReference, command: readonly string[]): Promise<number> {
  const { stdin, stdout } = process;
  const tellSize = () => {
    const size = { Width: stdout.columns, Height: stdout.rows };
    channels.send(sizeChannel, Buffer.from(JSON.stringify(size))).catch(untilItsEnd);
  };
  tellSize();
  stdout.on('resize', tellSize);
  stdin.setRawMode(true);
  try {
    return await relayed(channels, where, command);
  } finally {
    stdin.setRawMode(false);
    stdout.off('resize', tellSize);
  }
}

/** Lets a program read and write the streams of this process until it ends. */
async function onStreams(channels: Channels, where: ContainerReference, command: readonly string[]): Promise<number> {
  const interrupt = () => {
    const left = `${command[0]} in ${where.namespace}/${where.pod} may keep running until it prints something`;
    channels.abort(new InterruptedError('interrupted', left));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    return await relayed(channels, where, command);
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}

/** What can't be sent any more is followed by the connection's end, which says more. */
const untilItsEnd = () => undefined;

/**
 * Passes on what is read and what is printed, no faster than it is taken.
 *
 * @returns the exit code of the program
 */
async function relayed(
  channels: Channels,
  { namespace, pod }: ContainerReference,
  [program]: readonly string[],
): Promise<number> {
  const { stdin } = process;
  const outputs = [process.stdout, process.stderr];
  let status = '';
  let unread = false;
  const ended = new Promise<Error | undefined>((resolve) => channels.once('end', resolve));
  const onData = (channel: number, bytes: Buffer) => {
    if (channel === 3) {
      status += bytes.toString();
      channels.close();
    }
    const output = outputs[channel - 1];
    if (!output || output.write(bytes)) return;
    channels.pause();
    output.once('drain', () => channels.resume());
  };
  const onInput = (bytes: Buffer) => {
    stdin.pause();
    channels.send(0, bytes).then(() => stdin.resume(), untilItsEnd);
  };
  const onInputEnd = () => void channels.closeChannel(0).catch(untilItsEnd);
  const onUnread = (error: NodeJS.ErrnoException) => {
    unread = error.code === 'EPIPE';
    channels.abort(error);
  };
  channels.on('data', onData);
  stdin.on('data', onInput).on('end', onInputEnd);
  for (const output of outputs) output.on('error', onUnread);
  channels.resume();
  try {
    const broken = await ended;
    // As a program that prints for nobody ends.
    if (unread) return 128 + constants.signals.SIGPIPE;
    if (broken instanceof CommandError) throw broken;
    const end = broken ? { failure: broken.message } : programEnd(status);
    if ('code' in end) return end.code;
    throw new FailureError(`${program} in ${namespace}/${pod}: ${end.failure}`, `repoctl status ${namespace}`);
  } finally {
    stdin.off('data', onInput).off('end', onInputEnd).pause();
    for (const output of outputs) output.off('error', onUnread);
  }
}
