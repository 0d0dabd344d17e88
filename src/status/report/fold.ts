import { keyOf, type ServiceReport, type TierReport } from './report.ts';

/** Services of a tier that are said in one. */
export interface Fold {
  readonly services: readonly [ServiceReport, ...ServiceReport[]];
  /** Why they are one: they wait for the same, have the same trouble or none, or may not be seen. */
  readonly why: 'waiting' | 'alike' | 'well' | 'unseen' | 'single';
}

/**
 * The services of a tier, those together that are said once: what waits for the same root cause, what is wrong in the
 * same way, and what is well. The order is kept.
 */
export function fold({ services }: TierReport): Fold[] {
  const groups = new Map<string, ServiceReport[]>();
  for (const each of services) {
    const key = foldKey(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups].map(([key, group]) => ({
    services: group as [ServiceReport, ...ServiceReport[]],
    why: /^(waiting|well$|unseen$)/.test(key)
      ? (key.split(' ')[0] as Fold['why'])
      : group.length > 1
        ? 'alike'
        : 'single',
  }));
}

function foldKey(service: ServiceReport): string {
  const { status, reason, cause, advice, waitingFor, warning } = service.health;
  if (status === 'healthy' && warning === undefined) return 'well';
  if (reason === 'Forbidden') return 'unseen';
  if (waitingFor !== undefined && waitingFor !== keyOf(service)) return `waiting for ${waitingFor}`;
  // A log is of one service only.
  const own = warning !== undefined || service.log !== undefined || (service.warnings ?? []).length > 0;
  return own ? keyOf(service) : JSON.stringify([status, reason, cause, advice]);
}
