import { exitCodes } from '../../platform/errors.ts';
import type { Subject } from '../report/subject.ts';
import { type Awaited, awaitReport } from './await-report.ts';
import { Changes } from './changes.ts';

/**
 * Waits until what was asked for is healthy, or can't become so. What changes meanwhile is told in lines.
 *
 * @throws ClusterError if the server can't be reached at the beginning
 */
export async function awaitStatus(
  subject: Subject,
  timeoutSeconds: number,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Awaited> {
  const changes = new Changes(true);
  const awaited = await awaitReport(subject, {
    timeoutSeconds,
    signal,
    show: (look) => {
      for (const line of changes.next(look)) tell(line);
    },
  });
  if (awaited.exitCode === exitCodes.timedOut) tell(`not healthy within ${timeoutSeconds} s`);
  return awaited;
}
