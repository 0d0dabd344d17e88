import { oneLine } from '../../platform/text.ts';
import { type Health, isProblem } from './verdict.ts';

/** Verdicts by `namespace/object`. */
export type Healths = ReadonlyMap<string, Health>;

/**
 * The root cause of a wait: `namespace/object` at the end of the chain of those that wait for each other; `undefined`
 * if it waits for nothing that has a verdict, or for something healthy. Those that wait in a circle hold up each other.
 */
export function rootCause(of: string, healths: Healths): string | undefined {
  const seen = new Set([of]);
  let root: string | undefined;
  for (let next = healths.get(of)?.waitingFor; next !== undefined && !seen.has(next); ) {
    const health = healths.get(next);
    if (!health || health.status === 'healthy') break;
    seen.add(next);
    root = next;
    next = health.waitingFor;
  }
  return root;
}

/**
 * A verdict that says what it comes down to: `waiting for monorepo/monorepo-redis, which is in CrashLoopBackOff: …`. The
 * command is the one for the root; and waiting is hopeless if it is for the root.
 */
export function withRootCause(of: string, healths: Healths): Health | undefined {
  const health = healths.get(of);
  const root = rootCause(of, healths);
  const behind = root === undefined ? undefined : healths.get(root);
  if (!health || !behind) return health;
  const state = isProblem(behind) ? `in ${behind.reason}` : behind.status;
  return {
    ...health,
    cause: oneLine(`waiting for ${root}, which is ${state}${behind.cause ? `: ${behind.cause}` : ''}`),
    advice: behind.advice ?? health.advice,
    terminal: health.terminal || behind.terminal,
    waitingFor: root,
  };
}
