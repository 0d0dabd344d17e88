import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import { developmentProfileOption, type ProfileOptions, report, startTimeout, withClusterOptions } from './options.ts';

type Options = ClusterOptions & ProfileOptions & { readonly timeout: number };

const again = 'What was applied stays. Run the same command again to continue.';

export const restartCommand = () =>
  withClusterOptions(
    new Command('restart')
      .summary('replace the pods of a project, or of one service')
      .description(
        'Replace the pods of a running project, or of one service, and wait until the new ones are healthy. A named job runs again.',
      )
      .argument('<project>')
      .argument('[service]')
      .addOption(developmentProfileOption())
      .addOption(startTimeout()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project restart turfoo\n  repoctl infra project restart turfoo celery-worker',
    )
    .action(async (project: string, service: string | undefined, options: Options) => {
      await breakable('The pods are still being replaced; no data is lost.', async (signal) => {
        const { restartProject } = await import('../../lifecycle/restart.ts');
        await restartProject(project, service, { ...options, report, signal });
      });
    });

export const rebuildCommand = () =>
  withClusterOptions(
    new Command('rebuild')
      .summary('build images again and run those that changed')
      .description(
        'Build the images of a project, or of one service, from the current sources. If an image changed, replace the pods ' +
          'that run it and run its jobs again.',
      )
      .argument('<project>')
      .argument('[service]')
      .option('--no-cache', 'build every layer again')
      .addOption(developmentProfileOption())
      .addOption(startTimeout()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project rebuild turfoo\n  repoctl infra project rebuild turfoo api --no-cache',
    )
    .action(async (project: string, service: string | undefined, options: Options & { cache: boolean }) => {
      await breakable(again, async (signal) => {
        const { rebuildProject } = await import('../../lifecycle/rebuild.ts');
        await rebuildProject(project, service, { ...options, report, signal });
      });
    });

export const resetCommand = () =>
  withClusterOptions(
    new Command('reset')
      .summary('delete a project’s data, after a backup')
      .description(
        'Delete the data of a project: its claims, the objects in its buckets and its Redis database. List them, ask, and take ' +
          'a backup first. A project that was running is started again, empty.',
      )
      .argument('<project>')
      .option('-y, --yes', 'don’t ask')
      .option('--no-backup', 'don’t take a backup')
      .addOption(developmentProfileOption())
      .addOption(startTimeout()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project reset turfoo\n  repoctl infra project reset turfoo --yes --no-backup',
    )
    .action(async (project: string, options: Options & { yes?: boolean; backup: boolean }) => {
      await breakable('Some of the data may be deleted. Run the same command again to finish.', async (signal) => {
        const { resetProject } = await import('../../lifecycle/reset.ts');
        await resetProject(project, { ...options, report, signal });
      });
    });
