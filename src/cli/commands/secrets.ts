import { Command } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { exitCodes, UsageError } from '../../platform/errors.ts';
import {
  type ConsentOptions,
  developmentProfileOption,
  imageTagOption,
  type ProfileOptions,
  report,
  requiredProfileOption,
  withClusterOptions,
  withConsentOptions,
} from './options.ts';

const applyCommand = () =>
  withConsentOptions(
    withClusterOptions(
      new Command('apply')
        .summary('create Secrets from the .env files')
        .description(
          'Create the Secrets that the manifests refer to from the .env files, with the namespaces and the claims of projects’ ' +
            'own manifests. A missing .env is made from its .env.example, with the values in the cluster or generated ' +
            'passwords; an existing one is never changed. Running servers take changed passwords; workloads that use a ' +
            'changed value are restarted.',
        )
        .argument(
          '[project...]',
          'only these projects, what they need, and the global tier; its namespace: nothing else',
        )
        .addOption(developmentProfileOption()),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl secrets apply\n  repoctl secrets apply turfoo --context kind-monorepo\n' +
        '  repoctl secrets apply monorepo\n  repoctl secrets apply --profile external',
    )
    .action(apply);

type Options = ProfileOptions & ClusterOptions & ConsentOptions;

async function apply(names: readonly string[], options: Options): Promise<void> {
  const { connectToChange } = await import('../../cluster/connect.ts');
  const { ensureNamespaces, mustBeOwn } = await import('../../cluster/namespaces.ts');
  const { findRoot } = await import('../../config/root.ts');
  const { withDependencies } = await import('../../config/select-projects.ts');
  const { applyObjects, noteDataVersions } = await import('../../lifecycle/apply.ts');
  const { markStopped } = await import('../../lifecycle/stopped.ts');
  const { readManifest } = await import('../../lifecycle/manifests.ts');
  const { secretsToApply } = await import('../../lifecycle/apply-secrets.ts');
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
  const global = globalTier(plan);
  const projects = names.filter((name) => name !== global.name);
  const named = withAwaited(
    plan,
    projects.map((name) => planned(plan, name)),
  );
  mustBeRight(mistakes, named);
  const touched = names.length === 0 ? plan.namespaces : [global, ...named];
  // The `.env` of another project is not what this is about.
  const concerned = touched.map(({ name }) => name);
  const read = names.length === 0 ? options : { ...options, environmentFilesOf: concerned };
  const cluster = await connectToChange({ ...options, report });
  const claimant = { environment: plan.environment, adopt: options.adopt };
  // Before a `.env` is filled in with what their Secrets hold.
  await mustBeOwn(cluster, concerned, claimant);
  const applied = await secretsToApply(
    cluster,
    root,
    read,
    ({ environment }) => (names.length === 0 ? environment.projects : withDependencies(environment, projects)),
    report,
  );
  await ensureNamespaces(
    cluster,
    applied.namespaces.map(({ namespace }) => namespace),
    claimant,
  );
  for (const { namespace, secrets } of applied.namespaces) {
    const { name = '', labels = {} } = namespace.metadata ?? {};
    // Tilt begins with this: what is lacking from now on is so no longer on purpose.
    await markStopped(cluster, name, false);
    const objects = readManifest(out, manifestName(name));
    const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    // Tilt applies the rest, which takes no look at the data.
    const beside = objects.filter(({ kind }) => kind === 'StatefulSet');
    await applyObjects(cluster, { name, labels }, [...secrets, ...claims], { ...options, beside, report });
    await noteDataVersions(cluster, { name, labels });
    const names = secrets.map(({ metadata }) => metadata?.name).join(', ');
    report(`${name}: ${names || 'needs no Secret'}`);
  }
  const waiting = { plan, timeoutSeconds: 300, progress: progressOn(process.stderr) };
  await settleSecrets(cluster, applied, { report, healthy: healthyAmong(cluster, waiting) });
}

const sealCommand = () =>
  new Command('seal')
    .summary('seal values for the Sealed Secrets controller of a cluster')
    .description(
      'Seal a value that comes on stdin, or passwords that are made up, with the certificate of the Sealed Secrets controller, and write ' +
        'sealed-secrets.yaml beside repoctl.yaml; commit it. Only the controller can read it. A value that several Secrets have ' +
        'is sealed for each. The profile needs `secrets: { certificate: FILE }`; `kubeseal --fetch-cert` gets the file.',
    )
    .argument(
      '[owner]',
      'the environment or the project whose variable it is; default: make up every password that is sealed nowhere',
    )
    .argument('[variable]', 'name of the variable, as `repoctl validate` lists what is missing')
    .addOption(requiredProfileOption())
    .addOption(imageTagOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 everything is sealed; 1 something is missing.\n\n' +
        'Examples:\n  repoctl secrets seal --profile production\n  repoctl secrets seal turfoo DATABASE_URL --profile production < url.txt',
    )
    .action(seal);

async function seal(
  owner: string | undefined,
  variable: string | undefined,
  options: ProfileOptions & { readonly imageTag?: string },
): Promise<void> {
  if (owner !== undefined && variable === undefined)
    throw new UsageError(
      `which variable of ${owner}?`,
      `repoctl secrets seal ${owner} VARIABLE --profile ${options.profile}`,
    );
  const [{ findRoot }, { sealSecrets }, { text }] = await Promise.all([
    import('../../config/root.ts'),
    import('../../synth/secrets/seal-secrets.ts'),
    import('node:stream/consumers'),
  ]);
  const given =
    owner !== undefined && variable !== undefined
      ? { owner, variable, value: (await text(process.stdin)).replace(/\r?\n$/, '') }
      : undefined;
  const { sealed, missing } = sealSecrets(findRoot(process.cwd()), { ...options, given });
  for (const each of sealed) {
    const places = each.places.map(({ namespace, secret }) => `${namespace}/${secret}`).join(', ');
    report(`sealed ${each.variable} of ${each.owner}: ${places}`);
  }
  for (const each of missing) report(`missing: ${each.variable} of ${each.owner}`);
  if (missing.length > 0) process.exitCode = exitCodes.unhealthy;
}

export const secretsCommand = () =>
  new Command('secrets')
    .summary('create the Secrets of the development environment, or seal those of real clusters')
    .description(
      'Create the Secrets of the development environment. On real clusters the Secrets must exist, come from a store, or are sealed.',
    )
    .addCommand(applyCommand())
    .addCommand(sealCommand());
