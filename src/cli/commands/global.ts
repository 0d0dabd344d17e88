import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import {
  type ConsentOptions,
  developmentProfileOption,
  type JsonOptions,
  jsonOption,
  type ProfileOptions,
  report,
  timeoutOption,
  withClusterOptions,
  withConsentOptions,
} from './options.ts';

export const globalStartCommand = () =>
  withConsentOptions(
    withClusterOptions(
      new Command('start')
        .summary('start only the global tier')
        .description('Start the global tier and wait until it is healthy. `infra project start` includes this.')
        .addOption(developmentProfileOption())
        .addOption(timeoutOption('how long to wait until everything is healthy', 300))
        .addOption(jsonOption())
        .option('--force', 'start although the cluster lacks cpu or memory'),
    ),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra global start')
    .action(
      async (
        options: ClusterOptions & ProfileOptions & ConsentOptions & JsonOptions & { timeout: number; force?: boolean },
      ) => {
        await breakable('What was applied stays. Run the same command again to continue.', async (signal) => {
          const { startGlobal } = await import('../../lifecycle/start.ts');
          const { printEndpoints } = await import('../../synth/endpoints.ts');
          const { namespaces } = await startGlobal({ ...options, report, signal });
          printEndpoints(namespaces, options.output);
        });
      },
    );

export const globalStopCommand = () =>
  withClusterOptions(
    new Command('stop')
      .summary('scale the global tier to zero; its data stays')
      .description('Scale the global tier to zero; its data stays. Fail while projects are running.')
      .addOption(developmentProfileOption())
      .addOption(timeoutOption('how long to wait until its pods have stopped', 120))
      .option('--force', 'stop it even if projects are running'),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra global stop')
    .action(async (options: ClusterOptions & ProfileOptions & { timeout: number; force?: boolean }) => {
      await breakable(
        'What is scaled to zero stays so. Run the same command again to stop the rest; `start` brings it back.',
        async (signal) => {
          const { stopGlobal } = await import('../../lifecycle/stop.ts');
          await stopGlobal({ ...options, report, signal });
        },
      );
    });
