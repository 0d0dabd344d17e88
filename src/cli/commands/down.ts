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
      'Stop everything in the cluster; the data and the cluster stay. Before deleting data, list it and ask.',
    )
    .addOption(developmentProfileOption())
    .option('--volumes', "also delete the data of repoctl's own claims")
    .option('--cluster', 'delete the cluster and everything in it')
    .option('-y, --yes', 'delete without asking')
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, or ~/.kube/config')
    .addOption(timeoutOption('without Tilt: how long to wait until the pods have stopped', 120))
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
