import { CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { ConfigurationError, problemLines } from '../config/problem.ts';
import { CommandError, exitCodes } from '../platform/errors.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { printLines, printText } from '../platform/terminal/print.ts';
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
    printLines(problemLines(error), process.stderr);
    return exitCodes.usage;
  }
  if (error instanceof CommandError) {
    printLines(errorLines(error), process.stderr);
    return error.exitCode;
  }
  printText(
    `This is a bug in repoctl ${packageJson.version}:\n${error instanceof Error ? error.stack : String(error)}\n`,
    process.stderr,
  );
  return exitCodes.bug;
}

/** `error: what is wrong`; below it, indented so that no line of a message looks like the first, the rest and the advice. */
const errorLines = ({ message, advice }: CommandError): string[] => {
  const [first = '', ...more] = message.split('\n');
  const below = [...more, ...(advice ? advice.split('\n') : [])];
  return [`error: ${first}`, ...below.map((line) => (line.startsWith('  ') ? line : `  ${line}`))];
};
