import { InterruptedError } from '../process/interrupt.ts';

/**
 * Does something that Ctrl-C breaks off.
 *
 * @param left what is left behind then, and how to go on
 * @throws InterruptedError that says so
 */
export function breakable<Result>(left: string, work: () => Promise<Result>): Promise<Result> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new InterruptedError('interrupted', left)));
  });
  return Promise.race([work(), interrupted]);
}
