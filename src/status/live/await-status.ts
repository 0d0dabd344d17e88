import { exitCodes } from '../../platform/errors.ts';
import type { Report } from '../report/report.ts';
import type { Subject } from '../report/subject.ts';
import { Changes } from './changes.ts';
import { Live } from './live.ts';
import { looks } from './looks.ts';
import { Wait } from './wait.ts';

/** How waiting ended. */
export interface Awaited {
  readonly report: Report;
  readonly exitCode: number;
}

/**
 * Waits until what was asked for is healthy, or can't become so. What changes meanwhile is told in lines.
 *
 * @throws ClusterError if the server can't be reached at the beginning
 */
export async function awaitStatus(
  { cluster, view, judge, mustRun }: Subject,
  timeoutSeconds: number,
  tell: (line: string) => void,
  interrupted: AbortSignal,
): Promise<Awaited> {
  const over = new AbortController();
  const signal = AbortSignal.any([interrupted, over.signal]);
  const wait = new Wait(mustRun, performance.now() + timeoutSeconds * 1000);
  try {
    const live = await Live.open(cluster, view, signal);
    const changes = new Changes(true);
    for await (const look of looks(live, judge, signal)) {
      for (const line of changes.next(look)) tell(line);
      const outcome = wait.next(look);
      if (!outcome.done) continue;
      if (outcome.exitCode === exitCodes.timedOut) tell(`not healthy within ${timeoutSeconds} s`);
      return { report: look.report, exitCode: outcome.exitCode };
    }
    throw interrupted.reason;
  } finally {
    over.abort();
  }
}
