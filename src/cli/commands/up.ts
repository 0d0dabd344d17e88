import { Command } from 'commander';
import { breakable } from '../breakable.ts';
import { developmentProfileOption, type ProfileOptions, report, timeoutOption } from './options.ts';

interface Options extends ProfileOptions {
  readonly yes?: boolean;
  readonly registry: boolean;
  readonly kubeconfig?: string;
  readonly timeout: number;
}

export const upCommand = () =>
  new Command('up')
    .summary('create or start the cluster, then start the projects with live reload')
    .description(
      'Create the kind cluster of kind-config.yaml, or start it after a reboot, with a local registry beside it; then run ' +
        'Tilt until Ctrl-C. Without Tilt, start the projects without live reload. ' +
        'It is safe to run again: if Tilt is running, the named projects are started in that session.',
    )
    .argument('[project...]', 'only these projects and what they need')
    .addOption(developmentProfileOption())
    .option('-y, --yes', 'download missing programs without asking')
    .option('--no-registry', 'load images onto the nodes without a local registry')
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, or ~/.kube/config')
    .addOption(
      timeoutOption('how long to wait until everything is healthy, if Tilt is missing or already running', 600),
    )
    .addHelpText('after', '\nExamples:\n  repoctl up\n  repoctl up turfoo\n  repoctl up --yes --no-registry')
    .action(up);

async function up(projects: string[], { profile, yes, registry, kubeconfig, timeout }: Options): Promise<void> {
  const [{ findRoot }, { up }] = await Promise.all([import('../../config/root.ts'), import('../../lifecycle/up.ts')]);
  const exitCode = await up(
    findRoot(process.cwd()),
    projects,
    { profile, kubeconfig, registry, report },
    {
      obtainTools: async (names) => {
        const { obtainTools } = await import('../../platform/tools/obtain.ts');
        return obtainTools(names, { yes, optional: ['tilt'] });
      },
      startProjects: async (names, { context }) => {
        const { startProjects } = await import('../../lifecycle/start.ts');
        const { printEndpoints } = await import('../../synth/endpoints.ts');
        await breakable('What was applied stays. Run the same command again to continue.', async (signal) => {
          const { namespaces } = await startProjects(names, {
            ...{ profile, context, kubeconfig, registry, timeout },
            ...{ report, signal },
          });
          printEndpoints(namespaces);
        });
      },
    },
  );
  if (exitCode !== 0) process.exitCode = exitCode;
}
