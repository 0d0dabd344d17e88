import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { breakable } from '../breakable.ts';
import { developmentProfileOption, type ProfileOptions, report, timeoutOption, withClusterOptions } from './options.ts';

type Options = ClusterOptions & ProfileOptions & { readonly timeout: number };

const rotate = () =>
  withClusterOptions(
    new Command('rotate')
      .addOption(developmentProfileOption())
      .addOption(timeoutOption('how long to wait until restarted pods are healthy', 300)),
  );

export const rotateProjectCommand = () =>
  rotate()
    .summary('make new passwords for the services of a project')
    .description(
      'Make new passwords for the services of a project, or for one of them: in its .env and in the running servers. ' +
        'Restart the workloads that use them. A stopped server takes its new password when it starts. ' +
        'Editing the .env and running `start` has the same effect.',
    )
    .argument('<project>')
    .argument('[service]', 'default: all services with a password')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project rotate turfoo\n  repoctl infra project rotate turfoo postgres',
    )
    .action((project: string, service: string | undefined, options: Options) => run(project, service, options));

export const rotateGlobalCommand = () =>
  rotate()
    .summary('make new passwords for the global tier')
    .description(
      'Make new passwords for the services of the global tier, or for one of them: in the .env beside repoctl.yaml, in the ' +
        'running servers. Restart the workloads of all projects that use them.',
    )
    .argument('[service]', 'default: all')
    .addHelpText('after', '\nExamples:\n  repoctl infra global rotate\n  repoctl infra global rotate redis')
    .action((service: string | undefined, options: Options) => run(undefined, service, options));

async function run(project: string | undefined, service: string | undefined, options: Options): Promise<void> {
  const left = `The .env may have the new passwords already: ${project === undefined ? 'repoctl infra global start' : `repoctl infra project start ${project}`} finishes.`;
  await breakable(left, async (signal) => {
    const { rotatePasswords } = await import('../../lifecycle/rotate.ts');
    await rotatePasswords(project, service, { ...options, report, signal });
  });
}
