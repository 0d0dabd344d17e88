import { setMaxListeners } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { Cluster } from '../cluster/client.ts';
import { exitCodes } from '../platform/errors.ts';
import { flat } from '../platform/terminal/clean.ts';
import { isColourful, painter } from '../platform/terminal/paint.ts';
import { printLines } from '../platform/terminal/print.ts';
import { type Container, containers, type Pod } from './containers.ts';
import { follow } from './follow.ts';
import { history, type Log } from './log-history.ts';
import { Output } from './log-output.ts';
import { OrderedOutput } from './ordered-output.ts';
import { Position, type Start } from './position.ts';
import { Printer } from './printer.ts';
import type { Selection } from './selection.ts';

export interface LogsOptions extends Start {
  /** Whether to go on with what comes. */
  readonly follow: boolean;
  /** The logs of the instances before the last restart instead. */
  readonly previous: boolean;
  /** Whether each line begins with its time. */
  readonly timestamps: boolean;
}

export interface LogsStreams {
  /** Gets the lines. */
  readonly stdout: Pick<WriteStream, 'isTTY'> & NodeJS.WritableStream;
  /** Gets what happens to pods, and what is wrong. */
  readonly stderr: Pick<WriteStream, 'isTTY'> & NodeJS.WritableStream;
}

/**
 * Shows the logs of a selection's pods in the order of time.
 *
 * @param interrupt ends following
 * @returns the exit code
 * @throws ClusterError if the cluster can't be reached when it begins, or refuses
 */
export async function showLogs(
  cluster: Cluster,
  selection: Selection,
  options: LogsOptions,
  streams: LogsStreams,
  interrupt: AbortController,
): Promise<number> {
  const { stdout, stderr } = streams;
  const { signal } = interrupt;
  // Each connection listens to it.
  setMaxListeners(0, signal);
  const paint = painter(stderr);
  const stop = () => interrupt.abort();
  const output = new Output(stdout as WriteStream, stop);
  const notices = new Output(stderr as WriteStream, stop);
  const notice = (text: string) => void notices.print(`${paint('grey', `-- ${flat(text)}`)}\n`);
  const printer = new Printer({ ...options, ...selection, paint: painter(stdout), colours: isColourful(stdout) });
  const remark = (container: Container, text: string) => notice(`${printer.title(container)}: ${text}`);

  const pods = (await cluster.list<Pod>('Pod', selection.pods)).sort(byName);
  if (pods.length === 0) {
    printLines(
      [`${selection.title} is not running in ${cluster.context}: it has no pods`, `  ${selection.start}`],
      stderr,
    );
    return exitCodes.unhealthy;
  }
  for (const { metadata } of pods) printer.name(metadata);
  const logs = beginnings(pods, options);
  if (logs.length === 0) notice(`nothing yet: ${missing(selection, options)}`);

  try {
    for await (const entries of history(logs, { cluster, remark, signal })) {
      await output.print(entries.map((entry) => printer.line(entry)).join(''));
      if (signal.aborted) break;
    }
  } catch (error) {
    // Following goes on where the connection broke off.
    if (!options.follow && !signal.aborted) throw error;
  }
  if (options.follow && !signal.aborted) await goOn();
  if (output.failure) throw output.failure;
  return exitCodes.ok;

  async function goOn(): Promise<void> {
    const ordered = new OrderedOutput(output, printer);
    await follow(
      {
        cluster,
        selection,
        notice,
        remark,
        podName: (pod) => printer.name(pod),
        push: (entries) => ordered.push(entries),
        signal,
      },
      {
        pods,
        positions: new Map(logs.map(({ container, position }) => [container.key, position])),
        complete: new Set(
          logs.flatMap(({ complete, container: { current } }) =>
            complete && current && !current.running ? [current.id] : [],
          ),
        ),
      },
    );
    await ordered.end();
  }
}

function beginnings(pods: readonly Pod[], { previous, since, tail }: LogsOptions): Log[] {
  return pods
    .flatMap(containers)
    .filter(({ current, last }) => (previous ? last : current))
    .map((container) => ({ container, previous, position: new Position({ since, tail }) }));
}

const missing = ({ title }: Selection, { previous }: LogsOptions): string =>
  previous ? `no container of ${title} was ever restarted` : `no container of ${title} has started`;

const byName = (one: Pod, other: Pod): number => (one.metadata.name < other.metadata.name ? -1 : 1);
