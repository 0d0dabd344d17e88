import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { developmentProfileOption, type ProfileOptions, report, withClusterOptions } from './options.ts';

export const forwardCommand = () =>
  withClusterOptions(
    new Command('forward')
      .summary('open a project’s fixed ports on this machine')
      .description(
        'Open the fixed ports of a project and of the global tier on this machine, until Ctrl-C. With Tilt they are already ' +
          'open. Fail before opening any if another program uses one. The ports stay open while pods are replaced: ' +
          'a connection goes to a ready pod, or waits for one.',
      )
      .argument('[project...]', 'default: all running projects')
      .addOption(developmentProfileOption()),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra project forward turfoo')
    .action(async (projects: readonly string[], options: ClusterOptions & ProfileOptions) => {
      const { forwardProjects } = await import('../../lifecycle/forward.ts');
      await forwardProjects(projects, { ...options, report });
    });
