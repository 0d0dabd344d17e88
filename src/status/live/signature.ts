import type { Staleness } from '../report/document.ts';
import { keyOf, type Report, type ServiceReport } from '../report/report.ts';

/** What makes a service another one than before: not that time has passed. */
export const serviceSignature = ({ health, ready, wanted, restarts }: ServiceReport): string =>
  [health.status, health.reason, health.waitingFor, health.warning !== undefined, ready, wanted, restarts].join(' ');

/** What makes a report another one than before. */
export const signature = ({ tiers, complete }: Report, stale: Staleness | undefined): string =>
  JSON.stringify([
    complete,
    stale !== undefined,
    tiers.map(({ name, status, health, services, foreign }) => [
      name,
      status,
      health?.reason,
      services.map((each) => [keyOf(each), serviceSignature(each)]),
      foreign,
    ]),
  ]);
