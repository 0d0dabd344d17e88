import { exitCodes } from '../../platform/errors.ts';
import { severity, statuses } from '../rules/verdict.ts';
import type { Report } from './report.ts';

/** What makes `status` fail. */
export const failures = ['degraded', 'progressing', 'incomplete', 'never'] as const;
export type FailOn = (typeof failures)[number];

/**
 * The exit code of a report. What was never started or stopped on purpose is no failure; nor is what may not be seen,
 * unless nothing may, or it is asked for.
 */
export function exitCode({ tiers, complete, readAnything }: Report, failOn: readonly FailOn[]): number {
  if (!readAnything) return exitCodes.cluster;
  if (failOn.includes('never')) return exitCodes.ok;
  const all = tiers
    .filter(({ status }) => status !== 'not-started')
    .flatMap(({ health, services }) => [...(health ? [health] : []), ...services.map((each) => each.health)]);
  const limit = statuses.indexOf(failOn.includes('progressing') ? 'progressing' : 'missing');
  const unwell = all.filter((health) => severity(health) >= limit);
  // Where nothing was seen and not all could be read, there may be anything.
  if (tiers.length === 0 && !complete) return exitCodes.cluster;
  // That something is broken is more certain than that something isn't known.
  if (unwell.some(({ status }) => status !== 'unknown')) return exitCodes.unhealthy;
  if (unwell.some(({ reason }) => reason !== 'Forbidden')) return exitCodes.cluster;
  return failOn.includes('incomplete') && !complete ? exitCodes.cluster : exitCodes.ok;
}
