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
  startTimeout,
  withClusterOptions,
  withConsentOptions,
} from './options.ts';

type Options = ClusterOptions & ProfileOptions & ConsentOptions & JsonOptions & { timeout: number; force?: boolean };

const again = 'What was applied stays. Run the same command again to continue.';

/** Gives a command the options of every start. */
const withStartOptions = (command: Command): Command =>
  withConsentOptions(
    withClusterOptions(
      command
        .addOption(developmentProfileOption())
        .addOption(startTimeout())
        .addOption(jsonOption())
        .option('--force', 'start although the cluster lacks cpu or memory'),
    ),
  );

export const startCommand = () =>
  withStartOptions(
    new Command('start')
      .summary('start a project and what it needs')
      .description(
        'Start a project, after the global tier and the projects that it needs. Build its images, apply its manifests on the ' +
          'server’s side, remove objects that have left the configuration (never claims), and wait until everything is ' +
          'healthy. Replace pods that failed before and wait for their next attempt. Fail at once, with the cause, if something ' +
          'can’t become healthy.',
      )
      .argument('<project...>'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project start turfoo\n  repoctl infra project start turfoo shop --timeout 600\n' +
        '  repoctl infra project start turfoo -o json | jq -r ".[].address"',
    )
    .action(async (projects: readonly string[], options: Options) => {
      await breakable(again, async (signal) => {
        const { startProjects } = await import('../../lifecycle/start.ts');
        const { printEndpoints } = await import('../../synth/endpoints.ts');
        const { namespaces, byTilt } = await startProjects(projects, { ...options, report, signal });
        printEndpoints(namespaces, options.output);
        const profile = options.profile === 'local' ? [] : ['--profile', options.profile];
        const forward = ['repoctl infra project forward', ...projects, ...profile].join(' ');
        if (!byTilt) report(`These ports are open while this runs: ${forward}`);
      });
    });

export const globalStartCommand = () =>
  withStartOptions(
    new Command('start')
      .summary('start only the global tier')
      .description('Start the global tier and wait until it is healthy. `infra project start` includes this.'),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra global start')
    .action(async (options: Options) => {
      await breakable(again, async (signal) => {
        const { startGlobal } = await import('../../lifecycle/start.ts');
        const { printEndpoints } = await import('../../synth/endpoints.ts');
        const { namespaces } = await startGlobal({ ...options, report, signal });
        printEndpoints(namespaces, options.output);
      });
    });
