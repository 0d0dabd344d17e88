import { setMaxListeners } from 'node:events';
import { CommandError } from '../platform/errors.ts';
import { pause } from '../platform/process/interrupt.ts';
import { Live } from '../status/live/live.ts';
import type { Staleness } from '../status/report/document.ts';
import type { Subject } from '../status/report/subject.ts';
import type { KeptReport } from './report-families.ts';

/** After how long what could not be read is asked for again: a right may have been granted. In milliseconds. */
const askAgain = 300_000;

/** How long the cluster may be away before a report is no longer true, in milliseconds. */
const awayLimit = 30_000;

/** What is known of a cluster at a moment. */
export interface Known {
  /** The last report; none before the first. */
  readonly kept?: KeptReport;
  /** Since when it is not what is, and why. */
  readonly stale?: Staleness;
  /** Whether it is recent, and made from something that was read. */
  readonly up: boolean;
  /** Why there is no report, if there is none. */
  readonly failure?: string;
}

export interface ReportingOptions {
  /** Between two reports. */
  readonly intervalSeconds: number;
  /** Gets a line whenever the cluster stops or starts to answer. */
  readonly tell: (line: string) => void;
}

/** Keeps the health report of a cluster: one at a time, the last only, from lists that are followed. */
export class Reporting {
  #kept: KeptReport | undefined;
  #live: Live | undefined;
  #failure: string | undefined;
  #told: string | undefined;
  #turned = performance.now();

  constructor(
    private readonly subject: Pick<Subject, 'cluster' | 'view' | 'judge'>,
    private readonly options: ReportingOptions,
  ) {}

  /** How long ago, in milliseconds, the loop began its last turn: it hangs if that is long. */
  get idle(): number {
    return performance.now() - this.#turned;
  }

  /** What is known now. */
  get known(): Known {
    const kept = this.#kept;
    const staleness = this.#live?.staleness;
    const stale = staleness && Date.now() - staleness.since.getTime() > awayLimit ? staleness : undefined;
    const recent = kept !== undefined && performance.now() - kept.madeAt < this.#interval * 3 + awayLimit;
    return {
      kept,
      stale,
      up: recent && !stale && kept.report.readAnything,
      failure: this.#failure,
    };
  }

  get #interval(): number {
    return this.options.intervalSeconds * 1000;
  }

  /** Makes reports until the signal ends it. A cluster that can't be reached is asked again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const round = new AbortController();
      try {
        const joined = AbortSignal.any([signal, round.signal]);
        setMaxListeners(0, joined);
        this.#turned = performance.now();
        this.#live = await Live.open(this.subject.cluster, this.subject.view, joined);
        this.#failure = undefined;
        await this.#report(this.#live, joined);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof CommandError)) throw error;
        this.#failure = error.message;
        this.#tell(`no report: ${error.message}`);
        await pause(this.#interval, signal).catch(() => {});
      } finally {
        this.#live = undefined;
        round.abort();
      }
    }
  }

  /** Reports until something that could not be read is worth another try. */
  async #report(live: Live, signal: AbortSignal): Promise<void> {
    const until = performance.now() + askAgain;
    while (!signal.aborted) {
      this.#turned = performance.now();
      const report = this.subject.judge(live.snapshot);
      this.#kept = { report, madeAt: performance.now(), seconds: (performance.now() - this.#turned) / 1000 };
      const { stale } = this.known;
      if (stale) this.#tell(`the cluster does not answer: ${stale.message}`);
      else if (!report.readAnything) this.#tell(`nothing can be read: ${report.unseen[0]?.message ?? 'no rights'}`);
      else if (!report.complete) this.#tell(`the report is incomplete: ${report.unseen.length} lists can’t be read`);
      else this.#tell('the report is complete');
      if (!report.complete && performance.now() > until) return;
      await pause(this.#interval, signal).catch(() => {});
    }
  }

  #tell(line: string): void {
    if (line !== this.#told) this.options.tell(line);
    this.#told = line;
  }
}
