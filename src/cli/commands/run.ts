import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { printLines } from '../../platform/terminal/print.ts';
import { developmentProfileOption, type ProfileOptions, withClusterOptions } from './options.ts';

export const runCommandCommand = () =>
  withClusterOptions(
    new Command('run')
      .summary('run one of the project’s commands in its container')
      .description(
        'Run one of the project’s `commands` in the container of its workload. Without a name, list the commands. ' +
          'Exit with the exit code of the command.',
      )
      .argument('<project>')
      .argument('[command]')
      .argument('[arguments...]', 'after --: added to the command’s arguments')
      .addOption(developmentProfileOption()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project run turfoo\n  repoctl infra project run turfoo seed\n' +
        '  repoctl infra project run turfoo seed -- --url http://turfoo-api:8000',
    )
    .action(
      async (
        project: string,
        name: string | undefined,
        more: readonly string[],
        options: ClusterOptions & ProfileOptions,
      ) => {
        const { commandsOf, runCommand } = await import('../../lifecycle/run-command.ts');
        if (name !== undefined) {
          process.exitCode = await runCommand(project, name, more, options);
          return;
        }
        const { tableLines } = await import('../../platform/terminal/text-table.ts');
        const rows = (await commandsOf(project, options.profile)).map((each) => [
          each.name,
          each.description ?? each.command.join(' '),
        ]);
        printLines(tableLines([['COMMAND', 'DOES'], ...rows]));
      },
    );
