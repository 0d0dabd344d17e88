import { Command } from 'commander';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { infraCommand } from './commands/infra.ts';
import { initCommand } from './commands/init.ts';
import { secretsCommand } from './commands/secrets.ts';
import { statusCommand } from './commands/status.ts';
import { synthCommand } from './commands/synth.ts';
import { upCommand } from './commands/up.ts';
import { validateCommand } from './commands/validate.ts';

/** The command line: all commands, not yet run. */
export function makeProgram(version: string): Command {
  const program = new Command('repoctl')
    .description('A Kubernetes dev environment, manifests and health reports from one typed file per project.')
    .version(version)
    .showHelpAfterError('(repoctl --help lists the commands)')
    .exitOverride();
  const commands = [
    initCommand(),
    upCommand(),
    downCommand(),
    statusCommand('all'),
    infraCommand(),
    synthCommand(),
    validateCommand(),
    secretsCommand(),
    doctorCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(inherit(command, program));
  return program.addCommand(inherit(completeCommand(program), program), { hidden: true });
}

/** Subcommands don't take over their parent's way of failing by themselves. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) inherit(each, command);
  return command;
}
