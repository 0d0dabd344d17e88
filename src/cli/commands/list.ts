import { Command, Option } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { printJson, printLines } from '../../platform/terminal/print.ts';
import { type ProfileOptions, profileOption, report, withClusterOptions } from './options.ts';

export const listCommand = () =>
  withClusterOptions(new Command('list'))
    .summary('list projects, services, fixed host ports and dependencies')
    .description(
      'List the global tier and the projects of the configuration, and projects that only the cluster still has, after they ' +
        'were renamed or deleted. -o name prints the names in the configuration and asks no cluster.',
    )
    .addOption(profileOption())
    .addOption(new Option('-o, --output <format>', 'print as data').choices(['json', 'name']))
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra list\n  repoctl infra list -o json | jq -r ".[].ports[].hostPort"',
    )
    .action(async ({ output, profile, ...options }: ClusterOptions & ProfileOptions & { output?: 'json' | 'name' }) => {
      const { findRoot } = await import('../../config/root.ts');
      const { listLines, listNamespaces } = await import('../listing/listed-namespaces.ts');
      const { leftInCluster } = await import('../listing/left.ts');
      const listed = listNamespaces(findRoot(process.cwd()), { profile, environmentFilesOf: [] });
      const left = output === 'name' ? [] : await leftInCluster(listed, options, report);
      const namespaces = [...listed, ...left];
      const print = {
        json: () => printJson(namespaces),
        name: () => printLines(namespaces.filter(({ tier }) => tier === 'project').map(({ name }) => name)),
        table: () => printLines(listLines(namespaces)),
      };
      print[output ?? 'table']();
    });
