import { setTimeout as sleep } from 'node:timers/promises';
import { hearing, InterruptedError } from '../platform/process/interrupt.ts';

/** How long work that heeds the signal may take to clean up, in milliseconds. */
const grace = 2000;

/**
 * Does something that Ctrl-C breaks off: its signal is aborted, and whatever ignores the signal ends with the process.
 *
 * @param left what is left behind then, and how to go on
 * @throws InterruptedError that says so
 */
export function breakable<Result>(left: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    const interrupt = async () => {
      // The second one does not wait.
      if (!controller.signal.aborted) {
        controller.abort(new InterruptedError('interrupted', left));
        await sleep(grace);
      }
      reject(controller.signal.reason);
    };
    // Not `once`: where a program runs, execa ends this process, too, as soon as nobody else listens.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  });
  const working = work(controller.signal).catch(async (error: unknown) => {
    // Programs fail because they were interrupted as well.
    if (!controller.signal.aborted) await hearing();
    throw controller.signal.aborted && !(error instanceof InterruptedError) ? controller.signal.reason : error;
  });
  return Promise.race([working, interrupted]);
}
