import { keyOf, type Report, type ServiceReport } from '../report/report.ts';
import type { Health } from '../rules/verdict.ts';
import type { Look } from './looks.ts';

/** Tells in lines what has changed from look to look: for a log, or a terminal that can't be painted over. */
export class Changes {
  readonly #told = new Map<string, string>();
  #stale = false;

  /** @param quiet whether to leave out what is healthy from the beginning */
  constructor(private readonly quiet = false) {}

  next({ report, stale }: Look): string[] {
    const lines: string[] = [];
    if (stale && !this.#stale) lines.push(`${stamp(report)} the report is stale: ${stale.message}; asking again`);
    if (!stale && this.#stale) lines.push(`${stamp(report)} the cluster answers again`);
    this.#stale = stale !== undefined;
    const now = new Map(report.tiers.flatMap((tier) => entries(tier)));
    for (const key of this.#told.keys()) {
      if (now.has(key)) continue;
      this.#told.delete(key);
      lines.push(`${stamp(report)} ${key}: gone`);
    }
    for (const [key, { health, told }] of now) {
      const before = this.#told.get(key);
      this.#told.set(key, told);
      if (before === told || (before === undefined && this.quiet && health?.status === 'healthy')) continue;
      lines.push(`${stamp(report)} ${key}: ${told}${health ? causeText(health) : ''}`);
    }
    return lines;
  }
}

interface Entry {
  /** What is compared; how long something lasts is not in it. */
  readonly told: string;
  readonly health?: Health;
}

function entries(tier: Report['tiers'][number]): [string, Entry][] {
  const { name, status, health, services } = tier;
  if (status === 'not-started') return [[name, { told: 'not started' }]];
  const own: [string, Entry][] = health ? [[name, { told: `${health.status} ${health.reason}`, health }]] : [];
  return [...own, ...services.map((each): [string, Entry] => [keyOf(each), { told: told(each), health: each.health }])];
}

function told({ health, restarts }: ServiceReport): string {
  const { status, reason, waitingFor } = health;
  if (waitingFor !== undefined && status !== 'healthy') return `${status}, waits for ${waitingFor}`;
  if (status === 'healthy')
    return restarts > 0 && health.warning !== undefined ? `healthy after ${restarts} restarts` : status;
  // Steps on the way are no news.
  return status === 'progressing' ? status : `${status} ${reason}`;
}

const causeText = ({ status, cause, waitingFor }: Health): string =>
  status === 'healthy' || status === 'progressing' || waitingFor !== undefined || cause === undefined
    ? ''
    : `: ${cause}`;

/** `15:04:05`, as on the clock at home. */
const stamp = ({ at }: Report): string => at.toTimeString().slice(0, 8);
