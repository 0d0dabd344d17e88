import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../process/interrupt.ts';

/** How long what heeds the signal may take to put things in order, in milliseconds. */
const grace = 2000;

/**
 * Does something that Ctrl-C breaks off: its signal is aborted, and whatever goes on all the same ends with the process.
 *
 * @param left what is left behind then, and how to go on
 * @throws InterruptedError that says so
 */
export function breakable<Result>(left: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    const interrupt = async () => {
      controller.abort(new InterruptedError('interrupted', left));
      await sleep(grace);
      reject(controller.signal.reason);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  });
  return Promise.race([work(controller.signal), interrupted]);
}
