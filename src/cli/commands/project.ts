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

type Options = ClusterOptions & ProfileOptions & { readonly timeout: number };

const development = () => developmentProfileOption();
const startTimeout = () => timeoutOption('how long to wait until everything is healthy', 300);

const again = 'What was applied stays. Run the same command again to continue.';

export const startCommand = () =>
  withConsentOptions(
    withClusterOptions(
      new Command('start')
        .summary('start a project and what it needs')
        .description(
          'Start a project, after the global tier and the projects that it needs. Build its images, apply its manifests on the ' +
            'server’s side, remove objects that have left the configuration (never claims), and wait until everything is ' +
            'healthy. Fail at once, with the cause, if something can’t become healthy.',
        )
        .argument('<project...>')
        .addOption(development())
        .addOption(startTimeout())
        .addOption(jsonOption())
        .option('--force', 'start although the cluster lacks cpu or memory'),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project start turfoo\n  repoctl infra project start turfoo shop --timeout 600\n' +
        '  repoctl infra project start turfoo -o json | jq -r ".[].address"',
    )
    .action(
      async (projects: readonly string[], options: Options & ConsentOptions & JsonOptions & { force?: boolean }) => {
        await breakable(again, async (signal) => {
          const { startProjects } = await import('../../lifecycle/start.ts');
          const { printEndpoints } = await import('../../synth/endpoints.ts');
          const { namespaces, byTilt } = await startProjects(projects, { ...options, report, signal });
          printEndpoints(namespaces, options.output);
          const profile = options.profile === 'local' ? [] : ['--profile', options.profile];
          const forward = ['repoctl infra project forward', ...projects, ...profile].join(' ');
          if (!byTilt) report(`These ports are open while this runs: ${forward}`);
        });
      },
    );

export const stopCommand = () =>
  withClusterOptions(
    new Command('stop')
      .summary('scale a project to zero; its data stays')
      .description('Scale a project to zero. Its claims and their data stay; `start` brings it back.')
      .argument('<project>')
      .addOption(development())
      .addOption(timeoutOption('how long to wait until its pods have stopped', 120)),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra project stop turfoo')
    .action(async (project: string, options: Options) => {
      await breakable(
        'What is scaled to zero stays so. Run the same command again to stop the rest; `start` brings it back.',
        async (signal) => {
          const { stopProject } = await import('../../lifecycle/stop.ts');
          await stopProject(project, { ...options, report, signal });
        },
      );
    });

export const restartCommand = () =>
  withClusterOptions(
    new Command('restart')
      .summary('replace the pods of a project, or of one service')
      .description(
        'Replace the pods of a running project, or of one service, and wait until the new ones are healthy. A named job runs again.',
      )
      .argument('<project>')
      .argument('[service]')
      .addOption(development())
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
      .addOption(development())
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
      .addOption(development())
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
