import { pause } from '../../platform/process/interrupt.ts';
import type { Staleness } from '../report/document.ts';
import type { Report } from '../report/report.ts';
import type { Live } from './live.ts';

/** A report, and since when it is outdated. */
export interface Look {
  readonly report: Report;
  readonly stale?: Staleness;
}

/** Between two looks at least, in milliseconds: what happens at once is seen at once. */
const least = 200;

/** Between two looks at most: verdicts and ages change with the time alone. */
const most = 1000;

/** How long the cluster may be away before it is told: a watch that breaks off is mostly taken up at once. */
const unnoticed = 1500;

/** Looks whenever something has changed, and once a second, until the signal ends it. */
export async function* looks(
  live: Live,
  judge: (snapshot: Live['snapshot']) => Report,
  signal: AbortSignal,
): AsyncGenerator<Look> {
  let wake = new AbortController();
  live.onChange(() => wake.abort());
  signal.addEventListener('abort', () => wake.abort(), { once: true });
  while (!signal.aborted) {
    wake = new AbortController();
    const begun = performance.now();
    const report = judge(live.snapshot);
    const { staleness } = live;
    const stale = staleness && Date.now() - staleness.since.getTime() > unnoticed ? staleness : undefined;
    yield { report, stale };
    const taken = performance.now() - begun;
    // A big cluster is not to take a processor of its own.
    if (!signal.aborted) await pause(Math.max(least, taken * 4), signal).catch(() => {});
    const rest = Math.max(0, Math.max(most, taken * 10) - (performance.now() - begun));
    await pause(rest, wake.signal).catch(() => {});
  }
}
