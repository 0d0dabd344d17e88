import { Command } from 'commander';
import { printLine } from '../../platform/terminal/print.ts';
import { type ProfileOptions, profileOption } from './options.ts';

export const validateCommand = () =>
  new Command('validate')
    .summary('check the configuration and the .env files, without a cluster')
    .description('Check repoctl.yaml, every project.yaml and every .env against its .env.example. Writes nothing.')
    .addOption(profileOption())
    .option('--image-tag <tag>', 'as for synth')
    .addHelpText('after', '\nExamples:\n  repoctl validate\n  repoctl validate --profile external')
    .action(async (options: ProfileOptions & { imageTag?: string }) => {
      const [{ findRoot }, { load }] = await Promise.all([
        import('../../config/root.ts'),
        import('../../config/load.ts'),
      ]);
      const { environment } = load(findRoot(process.cwd()), options);
      printLine(
        `${environment.name}: valid (${environment.projects.length} ${environment.projects.length === 1 ? 'project' : 'projects'}, profile ${options.profile})`,
      );
    });
