import { Command } from 'commander';
import type { Environment, Profile } from '../../../charts/model.ts';
import { exitCodes, UsageError } from '../../platform/errors.ts';
import { printLine } from '../../platform/terminal/print.ts';
import { counted } from '../../platform/text.ts';
import { type ProfileOptions, profileOption } from './options.ts';

export const validateCommand = () =>
  new Command('validate')
    .summary('check the configuration and the .env files, without a cluster')
    .description(
      'Check repoctl.yaml, every project.yaml and every .env against its .env.example, warn of what may reveal a secret, and list the ' +
        'exceptions from Pod Security with their reasons, and the managed services without an address. Write nothing.',
    )
    .addOption(profileOption())
    .option('--image-tag <tag>', 'the same as for synth')
    .option('--against <context>', 'also check that the Secrets are in the cluster of this context, which is only read')
    .addHelpText('after', '\nExamples:\n  repoctl validate\n  repoctl validate --profile external')
    .action(async (options: ProfileOptions & { readonly imageTag?: string; readonly against?: string }) => {
      const [{ findRoot }, { load }, { remarkText, secretRemarks }, { exceptionLines }, { openAddressLines }] =
        await Promise.all([
          import('../../config/root.ts'),
          import('../../config/load.ts'),
          import('../../config/secret-remarks.ts'),
          import('../../config/check-pods.ts'),
          import('../../config/check-network.ts'),
        ]);
      const root = findRoot(process.cwd());
      const { environment, profile, environmentFiles } = load(root, options);
      for (const line of exceptionLines(environment, profile)) printLine(line);
      for (const line of openAddressLines(environment, profile)) printLine(line);
      if (!profile.development) {
        const { requiredSecretLines } = await import('../../synth/required-secret-lines.ts');
        for (const line of requiredSecretLines(environment, profile)) printLine(line);
        const { unsealedLines } = await import('../../synth/secrets/sealed-variables.ts');
        const missing = profile.sealing ? unsealedLines(environment, profile) : [];
        for (const line of missing) printLine(line);
        if (missing.length > 0) process.exitCode = exitCodes.unhealthy;
      }
      for (const remark of await secretRemarks(root, environmentFiles)) printLine(`remark: ${remarkText(remark)}`);
      printLine(
        `${environment.name}: valid (${counted(environment.projects.length, 'project')}, profile ${options.profile})`,
      );
      if (options.against !== undefined) await checkAgainst(options.against, environment, profile);
    });

/** Says which Secrets are missing in a cluster. */
async function checkAgainst(context: string, environment: Environment, profile: Profile): Promise<void> {
  if (profile.development)
    throw new UsageError(`--against is for profiles of real clusters; ${profile.name} makes its Secrets itself`);
  const [{ connect }, { missingSecrets }, { planNamespace }] = await Promise.all([
    import('../../cluster/connect.ts'),
    import('../../deploy/required-secrets.ts'),
    import('../../synth/plan-namespace.ts'),
  ]);
  const namespaces = [undefined, ...environment.projects].map((project) => ({
    namespace: planNamespace(environment, profile, project),
    objects: [],
  }));
  const missing = await missingSecrets(await connect({ context }), namespaces);
  for (const { message, advice } of missing) {
    printLine(`missing: ${message}`);
    printLine(`  ${advice}`);
  }
  if (missing.length > 0) process.exitCode = 1;
  else printLine(`${context}: every Secret is there`);
}
