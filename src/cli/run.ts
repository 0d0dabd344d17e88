import { CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { ConfigurationError, problemsText } from '../config/problem.ts';
import { CommandError, exitCodes } from '../platform/errors.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { makeProgram } from './program.ts';

/** Runs the command line. Everything that a command can fail with ends here, as an exit code and a message. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = makeProgram(packageJson.version);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error);
    // What was broken off would go on.
    if (error instanceof InterruptedError) process.exit();
  }
}

/** Prints what went wrong; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigurationError) {
    process.stderr.write(problemsText(error, 'nothing was changed.'));
    return exitCodes.usage;
  }
  if (error instanceof CommandError) {
    process.stderr.write(`error: ${error.message}\n${error.advice ? `  ${error.advice}\n` : ''}`);
    return error.exitCode;
  }
  process.stderr.write(
    `This is a bug in repoctl ${packageJson.version}:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.bug;
}
