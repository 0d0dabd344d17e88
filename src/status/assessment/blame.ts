import type { Healths } from '../rules/root-cause.ts';
import { type Health, isProblem } from '../rules/verdict.ts';

/** What happens to something that runs when what it talks to is away. An image or a Secret has nothing to do with it. */
const atRunTime: readonly string[] = [
  'CrashLoopBackOff',
  'Error',
  'NotReady',
  'Starting',
  'Unhealthy',
  'LastRunFailed',
  'BackupFailed',
  'BackupCheckFailed',
];

/**
 * A verdict that says what it waits for where the declared dependencies tell: something that can't run while what it is
 * declared to start after is in trouble or stopped. What says itself what it waits for keeps that, unless it waits for
 * something that is well: a job that is done, say, whose check fails because its database does.
 *
 * @param after `namespace/object`
 */
export function blameDeclared(health: Health, after: readonly string[], healths: Healths): Health {
  const { waitingFor, reason } = health;
  if (waitingFor === undefined ? !atRunTime.includes(reason) : healths.get(waitingFor)?.status !== 'healthy')
    return health;
  const culprit = after.find((each) => {
    const found = healths.get(each);
    return found !== undefined && (isProblem(found) || found.status === 'stopped');
  });
  return culprit === undefined ? health : { ...health, waitingFor: culprit };
}

/** Something that starts after others, as far as blame goes. */
interface Dependant {
  readonly namespace: string;
  readonly object: string;
  readonly planned: { readonly controller?: { readonly kind: string }; readonly after: readonly string[] };
}

/**
 * What each is declared to start after, `namespace/object`, directly or by way of jobs: that a job is done says nothing of
 * how the database is that it worked on.
 */
export function declaredAfter(all: readonly Dependant[]): (of: string) => readonly string[] {
  const byKey = new Map(all.map((each) => [`${each.namespace}/${each.object}`, each.planned]));
  return (of) => {
    const found = new Set<string>();
    const add = (key: string) => {
      for (const next of byKey.get(key)?.after ?? []) {
        if (found.has(next)) continue;
        found.add(next);
        if (byKey.get(next)?.controller?.kind === 'Job') add(next);
      }
    };
    add(of);
    return [...found];
  };
}
