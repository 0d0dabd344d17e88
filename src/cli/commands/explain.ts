import { Command } from 'commander';
import { printJson, printText } from '../../platform/terminal/print.ts';
import { type JsonOptions, jsonOption, type ProfileOptions, profileOption } from './options.ts';

export const explainCommand = () =>
  new Command('explain')
    .summary('what a project or a service is in a profile, and where each value comes from')
    .description(
      'Show the configuration of a project, or of one of its services and workloads, as a profile has it: complete, with ' +
        'what the project says for the profile and all defaults. Each value has its line and column in the file behind it.',
    )
    .argument('<name>', 'PROJECT, PROJECT/SERVICE, or the environment’s name in place of the project’s')
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
