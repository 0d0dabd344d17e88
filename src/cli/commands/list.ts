import { Command, Option } from 'commander';
import { printJson, printLines } from '../../platform/terminal/print.ts';

export const listCommand = () =>
  new Command('list')
    .summary('projects, services, fixed host ports and who needs whom')
    .description('List the global tier and the projects, from the configuration alone: no cluster is asked.')
    .addOption(new Option('-o, --output <format>', 'as data').choices(['json', 'name']))
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra list\n  repoctl infra list -o json | jq -r ".[].ports[].hostPort"',
    )
    .action(async ({ output }: { output?: 'json' | 'name' }) => {
      const { findRoot } = await import('../../config/root.ts');
      const { listLines, listNamespaces } = await import('../listing/list.ts');
      const namespaces = listNamespaces(findRoot(process.cwd()), { profile: 'local', environmentFilesOf: [] });
      const print = {
        json: () => printJson(namespaces),
        name: () => printLines(namespaces.filter(({ tier }) => tier === 'project').map(({ name }) => name)),
        table: () => printLines(listLines(namespaces)),
      };
      print[output ?? 'table']();
    });
