import { pause } from './process/interrupt.ts';

export interface PollOptions {
  /** How long to ask, in milliseconds; `Infinity` for what ends by its signal only. */
  readonly timeout: number;
  /** Stops it; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Time between an answer and the next question, in milliseconds. @default 500 */
  readonly interval?: number;
  /** Gets the reason for which it asks again, once for each reason. @default none */
  readonly report?: (why: string) => void;
}

/**
 * Asks until there is an answer. What `ask` throws ends it: it has to catch what is worth another try, and say so.
 *
 * @param ask gives the answer, or `undefined` or `false` while there is none; it may say what it waits for
 * @param expired makes the error for when there was no answer in time, of what was waited for last
 * @example
 *   await poll(
 *     async (waiting) => !(await cluster.get(pod)) || waiting('the pod still runs'),
 *     (why) => new TimeoutError(`not within 60 s: ${why}`),
 *     { timeout: 60_000, signal },
 *   );
 */
export async function poll<Value>(
  ask: (waiting: (why: string) => undefined) => Promise<Value | undefined | false>,
  expired: (why: string | undefined) => Error | Promise<Error>,
  { timeout, signal, interval = 500, report }: PollOptions,
): Promise<Value> {
  const end = performance.now() + timeout;
  let last: string | undefined;
  const waiting = (why: string) => {
    if (why !== last) report?.(why);
    last = why;
    return undefined;
  };
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask(waiting);
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= end) throw await expired(last);
    await pause(interval, signal);
  }
}
