import type { Cluster } from '../cluster/client.ts';
import type { Container } from './containers.ts';
import { merge } from './merge.ts';
import type { Position } from './position.ts';
import type { Entry } from './printer.ts';
import { readLog, refused } from './read-log.ts';

/** A log that is read as far as it goes. */
export interface Log {
  readonly container: Container;
  /** Where it begins; then, where it ended. */
  readonly position: Position;
  /** Of the instance before the last restart. */
  readonly previous?: boolean;
  /** Whether it was read to its end. */
  complete?: boolean;
}

export interface HistoryOptions {
  readonly cluster: Cluster;
  /** Takes what is said about a container beside its log. */
  remark(container: Container, text: string): void;
  readonly signal: AbortSignal;
}

/**
 * The logs as they are now, merged by time.
 *
 * @throws ClusterError if a connection breaks off or there is none, after all that could be read; a log that the server
 * refuses is remarked upon and left out
 */
export async function* history(logs: readonly Log[], options: HistoryOptions): AsyncGenerator<Entry[]> {
  const failures: unknown[] = [];
  yield* merge(logs.map((log) => entries(log, options, (error) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}

async function* entries(
  log: Log,
  { cluster, remark, signal }: HistoryOptions,
  fail: (error: unknown) => void,
): AsyncGenerator<Entry[]> {
  const { container, position, previous } = log;
  const parameters = { ...position.begin(), ...(previous && { previous: 'true' }) };
  try {
    for await (const { lines, remarks } of readLog(cluster, container, parameters, signal)) {
      for (const each of remarks) remark(container, each);
      yield lines.filter((line) => position.accept(line)).map((line) => ({ ...line, container }));
    }
    log.complete = true;
  } catch (error) {
    if (refused(error)) remark(container, error.message);
    else fail(error);
  }
}
