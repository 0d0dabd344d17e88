import type { Report } from '../report/report.ts';
import type { Subject } from '../report/subject.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Live } from './live.ts';
import { type Look, looks } from './looks.ts';
import { Wait, type WaitOptions } from './wait.ts';

export interface AwaitReportOptions extends Pick<WaitOptions, 'stableSeconds'> {
  readonly timeoutSeconds: number;
  /** Is shown each look, and waited for. */
  readonly show: (look: Look, snapshot: Snapshot) => void | Promise<void>;
  /** Stops the wait, which then throws its reason. */
  readonly signal?: AbortSignal;
}

/** How waiting ended, and on what. */
export interface Awaited {
  readonly report: Report;
  readonly snapshot: Snapshot;
  /** Why the report is not what is now, if the cluster does not answer. */
  readonly stale?: Look['stale'];
  readonly exitCode: number;
}

/**
 * Waits until what a report is about is healthy, or can't become so: the one engine that waits for health.
 *
 * @throws ClusterError if the server can't be reached at the beginning
 */
export async function awaitReport(
  { cluster, view, judge, mustRun }: Pick<Subject, 'cluster' | 'view' | 'judge' | 'mustRun'>,
  { timeoutSeconds, stableSeconds, show, signal: interrupted }: AwaitReportOptions,
): Promise<Awaited> {
  const over = new AbortController();
  const signal = interrupted ? AbortSignal.any([interrupted, over.signal]) : over.signal;
  const end = performance.now() + timeoutSeconds * 1000;
  const wait = new Wait({ mustRun, end, ...(stableSeconds !== undefined && { stableSeconds }) });
  try {
    const live = await Live.open(cluster, view, signal);
    for await (const look of looks(live, judge, signal)) {
      const { snapshot } = live;
      await show(look, snapshot);
      const outcome = wait.next(look);
      if (outcome.done) return { ...look, snapshot, exitCode: outcome.exitCode };
    }
    throw signal.reason;
  } catch (error) {
    // A request that is broken off says so in its own words.
    throw interrupted?.aborted ? interrupted.reason : error;
  } finally {
    over.abort();
  }
}
