import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import { developmentProfileOption, type ProfileOptions, report, timeoutOption, withClusterOptions } from './options.ts';

type Options = ClusterOptions & ProfileOptions & { readonly timeout: number };

const left = 'What is scaled to zero stays so. Run the same command again to stop the rest; `start` brings it back.';

/** Gives a command the options of every stop. */
const withStopOptions = (command: Command): Command =>
  withClusterOptions(
    command
      .addOption(developmentProfileOption())
      .addOption(timeoutOption('how long to wait until its pods have stopped', 120)),
  );

export const stopCommand = () =>
  withStopOptions(
    new Command('stop')
      .summary('scale a project to zero; its data stays')
      .description('Scale a project to zero. Its claims and their data stay; `start` brings it back.')
      .argument('<project>'),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra project stop turfoo')
    .action(async (project: string, options: Options) => {
      await breakable(left, async (signal) => {
        const { stopProject } = await import('../../lifecycle/stop.ts');
        await stopProject(project, { ...options, report, signal });
      });
    });

export const globalStopCommand = () =>
  withStopOptions(
    new Command('stop')
      .summary('scale the global tier to zero; its data stays')
      .description('Scale the global tier to zero; its data stays. Fail while projects are running.')
      .option('--force', 'stop it even if projects are running'),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra global stop')
    .action(async (options: Options & { force?: boolean }) => {
      await breakable(left, async (signal) => {
        const { stopGlobal } = await import('../../lifecycle/stop.ts');
        await stopGlobal({ ...options, report, signal });
      });
    });
