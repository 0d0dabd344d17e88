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
      .summary('put a backup in place of a project’s data')
      .description(
        'Check a backup, and put it in place of what the project has. Its workloads are stopped meanwhile, and ' +
          'waited for afterwards. A restore that was cut short is completed by the same command. It asks before it replaces ' +
          'data.',
      )
      .argument('<project>')
      .argument('[folder]', 'what `repoctl infra project backup` printed')
      .addOption(developmentProfileOption())
      .addOption(
        timeoutOption('how long to wait for another command that works on the project, and until all is healthy', 300),
      )
      .option('--latest', 'the newest of backups/<project>')
      .option('-y, --yes', 'replace data without asking')
      .option('--force', 'also the backup of another project, or one with parts that this project has no place for'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project restore turfoo --latest\n' +
        '  repoctl infra project restore turfoo backups/turfoo/2026-11-21T14-42-44Z --yes',
    )
    .action(async (project: string, folder: string | undefined, options: Options) => {
      if ((folder === undefined) === (options.latest !== true))
        throw new UsageError(
          folder === undefined ? 'no backup is named' : `both ${folder} and --latest are given; one is expected`,
          `repoctl infra project restore ${project} FOLDER, or --latest for the newest`,
        );
      const { restoreRunning } = await import('../../lifecycle/restore-running.ts');
      await restoreRunning(project, folder, { ...options, report });
    });
