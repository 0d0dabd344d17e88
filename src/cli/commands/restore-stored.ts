import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import { type ProfileOptions, report, requiredProfileOption, timeoutOption, withClusterOptions } from './options.ts';

type Options = ClusterOptions &
  ProfileOptions & { readonly timeout: number; readonly at?: string; readonly yes?: boolean };

export const restoreStoredCommand = () =>
  withClusterOptions(
    new Command('restore')
      .summary('replace databases on a real cluster with a scheduled backup')
      .description(
        'Replace the databases of a PostgreSQL service with a scheduled backup. Ask first. Stop the project’s workloads, read and ' +
          'check the whole backup, restore each database in one transaction, compare the rows of each table, and start the workloads ' +
          'again. For profiles that extend production; in development: repoctl infra project restore.',
      )
      .argument('<project>', 'PROJECT, or PROJECT/SERVICE where several services have backups')
      .addOption(requiredProfileOption())
      .option('--at <time>', 'time of the backup, as in the bucket: 2026-11-27T02-00-04Z (default: the newest)')
      .option('-y, --yes', 'don’t ask')
      .addOption(timeoutOption('how long to wait for another command on the project, and for health', 300)),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl restore turfoo --profile production --context prod-eu\n' +
        '  repoctl restore turfoo/postgres --profile production --context prod-eu --at 2026-11-27T02-00-04Z --yes',
    )
    .action(async (project: string, options: Options) => {
      await breakable('Run the same command again to finish.', async (signal) => {
        const { restoreStored } = await import('../../deploy/restore-stored.ts');
        await restoreStored(project, { ...options, report, signal });
      });
    });
