import type { Cluster } from '../cluster/client.ts';
import { ClusterError } from '../platform/errors.ts';
import type { Container } from './containers.ts';
import { LineSplitter, type LogLine, parseLogLine } from './log-line.ts';

/** A part of a container's log. */
export interface ReadLines {
  readonly lines: readonly LogLine[];
  /** What the server says itself, instead of the log or after it. */
  readonly remarks: readonly string[];
}

/**
 * Reads a container's log as it comes, with no more in memory than a piece of it.
 *
 * @param parameters of the API, beside `timestamps`
 * @throws ClusterError with a cause if the connection breaks off or there is none; without one if the server refuses
 */
export async function* readLog(
  cluster: Cluster,
  { pod, name }: Container,
  parameters: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): AsyncGenerator<ReadLines> {
  const at = { namespace: pod.namespace, name: pod.name, container: name };
  const answer = await cluster.logs(at, { timestamps: 'true', ...parameters }, signal);
  answer.setEncoding('utf8');
  const splitter = new LineSplitter();
  try {
    for await (const piece of answer) yield parsed(splitter.push(piece as string));
  } catch (error) {
    const message = `the connection to ${cluster.server} broke off while the log of ${pod.name} was read`;
    throw new ClusterError(message, 'Is the cluster running? repoctl doctor says what is wrong', { cause: error });
  }
  yield parsed(splitter.end());
}

function parsed(texts: readonly string[]): ReadLines {
  const lines: LogLine[] = [];
  const remarks: string[] = [];
  for (const text of texts) {
    const line = parseLogLine(text);
    if (line) lines.push(line);
    else if (text.trim() !== '') remarks.push(text);
  }
  return { lines, remarks };
}

/** Whether a server that can be reached said no, and asking again for the same is pointless. */
export const refused = (error: unknown): error is ClusterError =>
  error instanceof ClusterError && error.cause === undefined;
