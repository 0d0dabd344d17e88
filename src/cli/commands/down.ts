import { Command } from 'commander';
import { developmentProfileOption, type ProfileOptions, report, timeoutOption } from './options.ts';

interface Options extends ProfileOptions {
  readonly volumes?: boolean;
  readonly cluster?: boolean;
  readonly yes?: boolean;
  readonly kubeconfig?: string;
  readonly timeout: number;
}

export const downCommand = () =>
  new Command('down')
    .summary('stop everything; data stays unless --volumes or --cluster is given')
    .description(
      'Stop everything in the cluster; the data and the cluster stay. What would delete data lists it first, and asks.',
    )
    .addOption(developmentProfileOption())
    .option('--volumes', "also delete the data of repoctl's own claims")
    .option('--cluster', 'delete the cluster with all that is in it')
    .option('-y, --yes', 'delete without asking')
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, or ~/.kube/config')
    .addOption(timeoutOption('without Tilt: how long pods may take to end', 120))
    .addHelpText('after', '\nExamples:\n  repoctl down\n  repoctl down --volumes\n  repoctl down --cluster --yes')
    .action(down);

async function down({ timeout, ...options }: Options): Promise<void> {
  const [{ findRoot }, { down }] = await Promise.all([
    import('../../config/root.ts'),
    import('../../lifecycle/down.ts'),
  ]);
  const { kubeconfig, profile } = options;
  await down(
    findRoot(process.cwd()),
    { ...options, report },
    {
      stopAll: async ({ context }, byTilt) => {
        const { stopAll } = await import('../../lifecycle/stop.ts');
        await stopAll({ profile, context, kubeconfig, timeout, report }, byTilt);
      },
    },
  );
}
