import { UsageError } from '../platform/errors.ts';

/** The variable that shifts all fixed ports of this machine, so that a second environment has its own. */
export const portOffsetVariable = 'REPOCTL_PORT_OFFSET';

/** Leaves room for the highest ports that projects usually choose. */
export const maximumPortOffset = 40_000;

/**
 * What is added to every fixed port of this machine.
 *
 * @throws UsageError if the variable is no number from 0 to 40000
 */
export function portOffset(env: NodeJS.ProcessEnv = process.env): number {
  const given = env[portOffsetVariable] || '0';
  if (/^\d{1,5}$/.test(given) && Number(given) <= maximumPortOffset) return Number(given);
  throw new UsageError(`${portOffsetVariable} is "${given}"; allowed: a number from 0 to ${maximumPortOffset}`);
}
