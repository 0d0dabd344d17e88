import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { UsageError } from '../../platform/errors.ts';
import { developmentProfileOption, type ProfileOptions, report, timeoutOption, withClusterOptions } from './options.ts';

interface Options extends ClusterOptions, ProfileOptions {
  readonly latest?: boolean;
  readonly timeout: number;
  readonly yes?: boolean;
  readonly force?: boolean;
}

export const restoreCommand = () =>
  withClusterOptions(
    new Command('restore')
      .summary('replace a project’s data with a backup')
      .description(
        'Check a backup and replace the project’s data with it. Ask before replacing data. Stop the workloads meanwhile, and ' +
          'wait until they are healthy again. Run the same command again to finish an interrupted restore.',
      )
      .argument('<project>')
      .argument('[folder]', 'folder that `repoctl infra project backup` printed')
      .addOption(developmentProfileOption())
      .addOption(
        timeoutOption('how long to wait for another command on the project, and until everything is healthy', 300),
      )
      .option('--latest', 'the newest backup in backups/<project>')
      .option('-y, --yes', 'replace data without asking')
      .option('--force', 'accept a backup of another project, or one with parts that do not fit this project'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project restore turfoo --latest\n' +
        '  repoctl infra project restore turfoo backups/turfoo/2026-11-21T14-42-44Z --yes',
    )
    .action(async (project: string, folder: string | undefined, options: Options) => {
      if ((folder === undefined) === (options.latest !== true))
        throw new UsageError(
          folder === undefined ? 'no backup given' : `expected a folder or --latest, got both: ${folder}`,
          `repoctl infra project restore ${project} FOLDER, or --latest for the newest`,
        );
      const { restoreRunning } = await import('../../lifecycle/restore-running.ts');
      await restoreRunning(project, folder, { ...options, report });
    });
