import { relative } from 'node:path';
import { Command, Option } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { printData, printJson } from '../../platform/terminal/print.ts';
import { developmentProfileOption, othersTimeout, type ProfileOptions, report, withClusterOptions } from './options.ts';

interface Options extends ClusterOptions, ProfileOptions {
  readonly out?: string;
  readonly timeout: number;
  readonly output: 'text' | 'json';
}

export const backupCommand = () =>
  withClusterOptions(
    new Command('backup')
      .summary('back up a project’s data')
      .description(
        'Back up the data of a project: its PostgreSQL databases, its ImmuDB servers and `container` services with storage ' +
          '(each is stopped while its folder is copied), and the objects in its buckets, with a manifest of sizes and ' +
          'checksums. Print the folder; it gets its name only when the backup is complete. Managed services and queues in ' +
          'Redis are not backed up.',
      )
      .argument('<project>')
      .addOption(developmentProfileOption())
      .addOption(othersTimeout())
      .option('--out <dir>', 'folder to create (default: backups/<project>/<time>)')
      .addOption(
        new Option('-o, --output <format>', 'how to print the result').choices(['text', 'json']).default('text'),
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project backup turfoo\n  repoctl infra project backup turfoo --out /mnt/turfoo-monday\n' +
        '  repoctl infra project backup turfoo -o json | jq -r .folder',
    )
    .action(async (project: string, { output, ...options }: Options) => {
      const { backupProject } = await import('../../backup/backup.ts');
      const { folder, manifest } = await backupProject(project, { ...options, report });
      if (output === 'json') printJson({ folder, manifest });
      else printData(`${relative(process.cwd(), folder) || '.'}\n`);
    });
