import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import {
  type ConsentOptions,
  imageTagOption,
  type ProfileOptions,
  report,
  requiredProfileOption,
  timeoutOption,
  withClusterOptions,
  withConsentOptions,
} from './options.ts';

type Options = ClusterOptions &
  ProfileOptions &
  ConsentOptions & { readonly timeout: number; readonly imageTag?: string; readonly yes?: boolean };

export const deployCommand = () =>
  withConsentOptions(
    withClusterOptions(
      new Command('deploy')
        .summary('bring projects to a real cluster, and back if that fails')
        .description(
          'Make the manifests, check that the Secrets exist, show what would change, and ask. Then deploy a namespace after the other: ' +
            'configuration, services, migrations, workloads, each once the part before is healthy. Remove what has left the configuration ' +
            '(never claims or namespaces). If something can’t become healthy, take its namespace back to what it was, and say why. ' +
            'For profiles that extend production.',
        )
        .argument('[project...]')
        .addOption(requiredProfileOption())
        .addOption(imageTagOption())
        .option('-y, --yes', 'don’t ask')
        .addOption(timeoutOption('how long to wait for each part', 300)),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl deploy --profile production --context prod-eu\n' +
        '  repoctl deploy turfoo --profile production --context prod-eu --image-tag 1.4.2 --yes',
    )
    .action(async (projects: readonly string[], options: Options) => {
      await breakable('What was applied stays. Run the same command again to continue.', async (signal) => {
        const { deploy } = await import('../../deploy/deploy.ts');
        await deploy(projects, { ...options, report, signal });
      });
    });
