import { Command } from 'commander';
import { printJson, printText } from '../../platform/terminal/print.ts';
import { type JsonOptions, jsonOption, type ProfileOptions, profileOption } from './options.ts';

export const explainCommand = () =>
  new Command('explain')
    .summary('show a project or service in a profile, and the source of each value')
    .description(
      'Show the complete configuration of a project, or of one of its services and workloads, in a profile: with the ' +
        'project’s settings for the profile and all defaults. After each value: the file, line and column it comes from.',
    )
    .argument('<name>', 'PROJECT or PROJECT/SERVICE; for the global tier the environment’s name')
    .addOption(profileOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl explain turfoo/api --profile production\n  repoctl explain monorepo/redis\n' +
        '  repoctl explain turfoo -o json | jq ".values[] | select(.origin.profile)"',
    )
    .action(async (name: string, { profile, output }: ProfileOptions & JsonOptions) => {
      const [{ findRoot }, { explain, explanationText }] = await Promise.all([
        import('../../config/root.ts'),
        import('../../config/explain.ts'),
      ]);
      const explanation = explain(findRoot(process.cwd()), name, profile);
      if (output === 'json') printJson(explanation);
      else await printText(explanationText(explanation));
    });
