import { problemLines } from '../../config/problem.ts';
import { exitCodes } from '../../platform/errors.ts';
import { InterruptedError, interruptible } from '../../platform/process/interrupt.ts';
import { printLine, printLines } from '../../platform/terminal/print.ts';
import { exitCode, type FailOn } from './exit-code.ts';
import { type Output, printReport } from './print.ts';
import type { Report } from './report.ts';
import type { Scope } from './select.ts';
import { type Details, look, type Subject, type SubjectOptions, subjectOf, withDetails } from './subject.ts';

export interface StatusOptions extends SubjectOptions, Details {
  readonly output?: Output;
  readonly failOn: readonly FailOn[];
  readonly wait?: boolean;
  readonly watch?: boolean;
  /** Of waiting, in seconds. */
  readonly timeout: number;
}

/**
 * Prints how things are: once, when they are well, or as they change. A configuration that is wrong hides nothing: the report
 * goes by the labels then, and only the exit code is that of a wrong configuration.
 *
 * @returns the exit code
 * @throws ClusterError if the cluster can't be reached; ConfigurationError if there is no telling what to wait for
 */
export async function showStatus(scope: Scope, names: readonly string[], options: StatusOptions): Promise<number> {
  const subject = await subjectOf(scope, names, options);
  if (!subject.problem) return show(subject, options);
  if (options.wait) throw subject.problem;
  printLines(problemLines(subject.problem, 'the report uses only the labels in the cluster.'), process.stderr);
  await show(subject, options);
  return exitCodes.usage;
}

async function show(subject: Subject, options: StatusOptions): Promise<number> {
  const print = (report: Report) => printReport(report, options.output, process.stdout);
  if (options.watch) {
    const { watch } = await import('../live/watch.ts');
    return untilInterrupted((signal) => watch(subject, options.output, process.stdout, signal));
  }
  if (options.wait) {
    const { awaitStatus } = await import('../live/await-status.ts');
    const awaited = await interruptible((signal) => awaitStatus(subject, options.timeout, printLine, signal));
    await print(await withDetails(subject, awaited.report, awaited.snapshot, { logs: options.logs }));
    return awaited.exitCode;
  }
  const report = await look(subject, options);
  await print(report);
  return exitCode(report, options.failOn);
}

/** Does something that goes on until Ctrl-C, or until nobody reads it any more. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const closed = new AbortController();
  const close = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed.abort(new InterruptedError('nobody reads this'));
  };
  process.stdout.on('error', close);
  try {
    return await interruptible((signal) => work(AbortSignal.any([signal, closed.signal])));
  } finally {
    process.stdout.off('error', close);
  }
}
