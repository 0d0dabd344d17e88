import { Command } from 'commander';
import { printText } from '../platform/terminal/print.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { deployCommand } from './commands/deploy.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { explainCommand } from './commands/explain.ts';
import { exporterCommand } from './commands/exporter.ts';
import { gitopsCommand } from './commands/gitops.ts';
import { imagesCommand } from './commands/images.ts';
import { infraCommand } from './commands/infra.ts';
import { initCommand } from './commands/init.ts';
import { restoreStoredCommand } from './commands/restore-stored.ts';
import { secretsCommand } from './commands/secrets.ts';
import { statusCommand } from './commands/status.ts';
import { synthCommand } from './commands/synth.ts';
import { tiltfileCommand } from './commands/tiltfile.ts';
import { upCommand } from './commands/up.ts';
import { validateCommand } from './commands/validate.ts';
import { commandPath, withPlaces } from './unknown-command.ts';

/** The command line: all commands, not yet run. */
export function makeProgram(version: string): Command {
  const program = new Command('repoctl')
    .description('A Kubernetes dev environment, manifests and health reports from one typed file per project.')
    .version(version)
    .showHelpAfterError('(repoctl --help lists the commands)')
    .configureOutput({
      writeOut: (text) => void printText(text),
      writeErr: (text) => void printText(text, process.stderr),
      outputError: (message, write) => write(withPlaces(message, program)),
    })
    .exitOverride();
  const commands = [
    initCommand(),
    upCommand(),
    downCommand(),
    statusCommand('all'),
    infraCommand(),
    synthCommand(),
    diffCommand(),
    deployCommand(),
    restoreStoredCommand(),
    imagesCommand(),
    gitopsCommand(),
    validateCommand(),
    explainCommand(),
    exporterCommand(),
    secretsCommand(),
    tiltfileCommand(),
    doctorCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  program.addCommand(completeCommand(program), { hidden: true });
  for (const command of program.commands) inherit(command, program);
  return program;
}

/** Subcommands do not inherit their parent's error handling by themselves. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent).showHelpAfterError(`(${commandPath(command)} --help says more)`);
  for (const each of command.commands) inherit(each, command);
  return command;
}
