import { Command } from 'commander';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { developmentProfileOption, type ProfileOptions, report, withClusterOptions } from './options.ts';

const applyCommand = () =>
  withClusterOptions(
    new Command('apply')
      .summary('put the values of the .env files into the cluster')
      .description(
        'Put the values of the .env files into the cluster, as the Secrets that the manifests refer to; and ' +
          'the namespaces, with the claims of projects’ own manifests. A .env that is ' +
          'not there is made from its .env.example, with the values that the cluster has or generated passwords; one that is ' +
          'there is never changed. What runs takes the values that have changed: its passwords are changed, or it is ' +
          'started again.',
      )
      .argument('[project...]', 'only the global tier and these projects with what they depend on')
      .addOption(developmentProfileOption()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl secrets apply\n  repoctl secrets apply turfoo --context kind-monorepo\n' +
        '  repoctl secrets apply --profile external',
    )
    .action(apply);

async function apply(projects: readonly string[], options: ProfileOptions & ClusterOptions): Promise<void> {
  const { connectToChange } = await import('../../cluster/client.ts');
  const { findRoot } = await import('../../config/root.ts');
  const { withDependencies } = await import('../../config/select-projects.ts');
  const { markStopped } = await import('../../lifecycle/stopped.ts');
  const { readManifest } = await import('../../lifecycle/manifests.ts');
  const { applySecrets } = await import('../../lifecycle/apply-secrets.ts');
  const { healthyAmong } = await import('../../lifecycle/await-health.ts');
  const { settleSecrets } = await import('../../lifecycle/passwords/settle.ts');
  const { progressOn } = await import('../../lifecycle/progress.ts');
  const { mustBeRight } = await import('../../synth/last-good.ts');
  const { globalTier, planned, withAwaited } = await import('../../synth/plan-queries.ts');
  const { manifestName } = await import('../../synth/plan.ts');
  const { defaultOut, synthesize } = await import('../../synth/synthesize.ts');
  const root = findRoot(process.cwd());
  const out = defaultOut(root, options.profile);
  const { plan, mistakes } = await synthesize(root, {
    ...options,
    development: true,
    out,
    environmentFilesOf: [],
    tolerant: true,
  });
  const named = withAwaited(plan, projects.length === 0 ? [] : projects.map((name) => planned(plan, name)));
  mustBeRight(mistakes, named);
  // The `.env` of another project is not what this is about.
  const concerned = [globalTier(plan), ...named].map(({ name }) => name);
  const read = projects.length === 0 ? options : { ...options, environmentFilesOf: concerned };
  const cluster = await connectToChange({ ...options, report });
  const claimsIn = (folder: string, { metadata }: ManifestObject) =>
    readManifest(folder, manifestName(metadata?.name ?? '')).filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const prepare = async (namespace: ManifestObject) => {
    // Tilt begins with this: what is lacking from now on is so no longer on purpose.
    await markStopped(cluster, namespace.metadata?.name ?? '', false);
    await Promise.all(claimsIn(out, namespace).map((object) => cluster.apply(object)));
  };
  const applied = await applySecrets(
    cluster,
    root,
    read,
    ({ environment }) => (projects.length === 0 ? environment.projects : withDependencies(environment, projects)),
    report,
    prepare,
  );
  for (const { namespace, secrets } of applied.namespaces) {
    const names = secrets.map(({ metadata }) => metadata?.name).join(', ');
    report(`${namespace.metadata?.name}: ${names || 'needs no Secret'}`);
  }
  const waiting = { plan, timeoutSeconds: 300, progress: progressOn(process.stderr) };
  await settleSecrets(cluster, applied, { report, healthy: healthyAmong(cluster, waiting) });
}

export const secretsCommand = () =>
  new Command('secrets')
    .summary('the Secrets of the development environment')
    .description('The Secrets of the development environment. On real clusters the manifests name Secrets that exist.')
    .addCommand(applyCommand());
