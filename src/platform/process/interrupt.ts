import { CommandError } from '../errors.ts';

/** Somebody pressed Ctrl-C. The exit code is the shell's of a program that SIGINT has ended. */
export class InterruptedError extends CommandError {
  override readonly name = 'InterruptedError';
  override readonly exitCode: number = 130;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How much later than its programs this process may hear of a Ctrl-C, in milliseconds. */
const delay = 50;

/**
 * Waits until this process has heard of a Ctrl-C that one of its programs has ended from: the system tells one process of a
 * terminal after the other, and a program may be gone before this one is told.
 */
export async function hearing(): Promise<void> {
  await pause(delay);
  // Timers come before signals, when both are due.
  await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Does something that Ctrl-C does not break off, but asks to end, so that it can leave things in order: its signal is
 * aborted. A third Ctrl-C breaks even that off.
 *
 * @throws InterruptedError if it was interrupted and says nothing better
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  let count = 0;
  const interrupt = () => {
    count += 1;
    controller.abort(new InterruptedError('interrupted'));
    if (count >= 2) release();
  };
  const release = () => {
    for (const name of signals) process.off(name, interrupt);
  };
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) throw error;
    await hearing();
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    release();
  }
}

/** Waits some milliseconds. Throws the signal's reason if it is aborted meanwhile. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
