import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { secretsCommand } from './commands/secrets.ts';
import { synthCommand } from './commands/synth.ts';
import { validateCommand } from './commands/validate.ts';
import { ConfigurationError } from './config/problem.ts';
import { ClusterError, exitCodes, UsageError } from './errors.ts';

/** Runs the command line. Everything that a command can fail with ends here, as an exit code and a message. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command('repoctl')
    .description('A Kubernetes dev environment, manifests and health reports from one typed file per project.')
    .version(packageJson.version)
    .showHelpAfterError('(repoctl --help lists the commands)')
    .exitOverride();
  for (const command of [synthCommand(), validateCommand(), secretsCommand()])
    program.addCommand(inherit(command, program));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Subcommands don't take over their parent's way of failing by themselves. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) inherit(each, command);
  return command;
}

/** Prints what went wrong; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigurationError) {
    const count = error.lines.length;
    process.stderr.write(
      `${error.lines.join('\n')}\n${count} ${count === 1 ? 'problem' : 'problems'}; nothing was changed.\n`,
    );
    return exitCodes.usage;
  }
  if (error instanceof UsageError || error instanceof ClusterError) {
    process.stderr.write(`error: ${error.message}\n${error.advice ? `  ${error.advice}\n` : ''}`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.cluster;
  }
  process.stderr.write(
    `This is a bug in repoctl ${packageJson.version}:\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.bug;
}
