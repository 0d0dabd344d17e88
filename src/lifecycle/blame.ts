import type { Healths } from '../health/root-cause.ts';
import { type Health, isProblem } from '../health/verdict.ts';

/** What happens to something that runs when what it talks to is away. An image or a Secret has nothing to do with it. */
const atRunTime: readonly string[] = [
  'CrashLoopBackOff',
  'Error',
  'NotReady',
  'Starting',
  'Unhealthy',
  'LastRunFailed',
];

/**
 * A verdict that says what it waits for where the declared dependencies tell: something that can't run while what it is
 * declared to start after is in trouble or stopped. What says itself what it waits for keeps that.
 *
 * @param after `namespace/object`
 */
export function blameDeclared(health: Health, after: readonly string[], healths: Healths): Health {
  if (health.waitingFor !== undefined || !atRunTime.includes(health.reason)) return health;
  const culprit = after.find((each) => {
    const found = healths.get(each);
    return found !== undefined && (isProblem(found) || found.status === 'stopped');
  });
  return culprit === undefined ? health : { ...health, waitingFor: culprit };
}
