import { Command } from 'commander';
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
    .addHelpText('after', '\nExamples:\n  repoctl validate\n  repoctl validate --profile external')
    .action(async (options: ProfileOptions & { imageTag?: string }) => {
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
      for (const remark of await secretRemarks(root, environmentFiles)) printLine(`remark: ${remarkText(remark)}`);
      printLine(
        `${environment.name}: valid (${counted(environment.projects.length, 'project')}, profile ${options.profile})`,
      );
    });
