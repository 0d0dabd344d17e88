import { exitCodes } from '../../platform/errors.ts';
import { secondsSince } from '../../platform/text.ts';
import { keyOf, type Report, type ServiceReport, type TierReport } from '../report/report.ts';
import { isPassing } from '../rules/absent.ts';
import type { Health } from '../rules/verdict.ts';
import type { Look } from './looks.ts';

/** How long something must look hopeless, in milliseconds: what was just changed may still show what was before. */
const hopelessMilliseconds = 3000;

/** Whether a wait is over, and with which exit code. */
export type Outcome = { readonly done: false } | { readonly done: true; readonly exitCode: number };

export interface WaitOptions {
  /** Whether a tier of which nothing was started is waited for. */
  readonly mustRun: (tier: TierReport) => boolean;
  /** When it is too late; like `clock` in milliseconds. */
  readonly end: number;
  /** How long pods must have been ready, in seconds: many a stack crashes once more right after its start. @default 5 */
  readonly stableSeconds?: number;
  readonly clock?: () => number;
}

/** Waits for a report to become healthy, look by look. */
export class Wait {
  readonly #hopelessSince = new Map<string, number>();
  readonly #options: Required<WaitOptions>;

  constructor(options: WaitOptions) {
    this.#options = { stableSeconds: 5, clock: () => performance.now(), ...options };
  }

  next({ report, stale }: Look): Outcome {
    const now = this.#options.clock();
    // What was is no answer to what is.
    if (!stale) {
      if (!report.readAnything) return { done: true, exitCode: exitCodes.cluster };
      if (this.isSettled(report)) return { done: true, exitCode: exitCodes.ok };
      // What may not be seen won't be seen by waiting.
      if (report.tiers.some(isForbidden) && this.isSettled(withoutForbidden(report)))
        return { done: true, exitCode: exitCodes.cluster };
      if (this.#isHopeless(report, now)) return { done: true, exitCode: exitCodes.unhealthy };
    }
    return now > this.#options.end ? { done: true, exitCode: exitCodes.timedOut } : { done: false };
  }

  /** Whether all that should run is well, and has been for a while. */
  isSettled({ tiers, at, complete, unseen }: Report): boolean {
    const { mustRun, stableSeconds } = this.#options;
    // What did not answer is asked again; until then nobody knows what it would have said.
    if (!complete && unseen.some(isPassing)) return false;
    return (
      tiers.length > 0 &&
      tiers.every((tier) => {
        if (tier.status === 'not-started') return !mustRun(tier);
        return (
          (tier.status === 'healthy' || tier.status === 'stopped') &&
          tier.services.every((each) => isStable(each, at, stableSeconds))
        );
      })
    );
  }

  #isHopeless({ tiers }: Report, now: number): boolean {
    const hopeless = tiers.flatMap(({ name, health, services }) => [
      ...(health?.terminal ? [name] : []),
      ...services.filter((each) => isHopeless(each.health)).map(keyOf),
    ]);
    for (const key of this.#hopelessSince.keys()) if (!hopeless.includes(key)) this.#hopelessSince.delete(key);
    for (const key of hopeless) if (!this.#hopelessSince.has(key)) this.#hopelessSince.set(key, now);
    return [...this.#hopelessSince.values()].some((since) => now - since >= hopelessMilliseconds);
  }
}

/** Whether a tier is unknown because a right is missing. */
const isForbidden = ({ health, services }: TierReport): boolean =>
  [health, ...services.map((each) => each.health)].some(
    (each) => each?.status === 'unknown' && (each.reason === 'Forbidden' || each.reason === 'Incomplete'),
  );

const withoutForbidden = (report: Report): Report => {
  const tiers = report.tiers.filter((tier) => !isForbidden(tier));
  return { ...report, tiers };
};

/** Whether it can't become healthy by waiting. A cluster may get room for a pod. */
export const isHopeless = ({ terminal, reason }: Health): boolean => terminal && reason !== 'Unschedulable';

function isStable({ health, readySince }: ServiceReport, at: Date, stableSeconds: number): boolean {
  if (health.status !== 'healthy') return health.status === 'stopped';
  return (secondsSince(readySince, at) ?? stableSeconds) >= stableSeconds;
}
