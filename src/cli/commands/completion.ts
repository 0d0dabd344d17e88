import { Argument, Command } from 'commander';
import { printData } from '../../platform/terminal/print.ts';
import { completionScript, type Shell, shells } from '../completion/scripts.ts';

export const completionCommand = () =>
  new Command('completion')
    .summary('complete commands, projects and services in the shell')
    .description(
      'Print a script that completes commands, options, and the names of projects and services, after `repoctl` and after ' +
        '`npx repoctl`. The script asks the repoctl of the current folder.',
    )
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  npx repoctl completion bash >> ~/.bashrc\n  npx repoctl completion zsh >> ~/.zshrc\n' +
        '  npx repoctl completion fish > ~/.config/fish/conf.d/repoctl.fish',
    )
    .action((shell: Shell) => {
      printData(completionScript(shell, [process.execPath, process.argv[1] ?? 'repoctl']));
    });

/** What the scripts ask: prints the words that may follow, a line each. */
export const completeCommand = (program: Command) =>
  new Command('__complete')
    .argument('[word...]')
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const { candidates } = await import('../completion/candidates.ts');
      const { configuredNames } = await import('../completion/configured-names.ts');
      const found = candidates(program, words, configuredNames(process.cwd()));
      printData(found.map((word) => `${word}\n`).join(''));
    });
