import { Command } from 'commander';
import { printJson } from '../../platform/terminal/print.ts';
import { developmentProfileOption, type ProfileOptions } from './options.ts';

interface Options extends ProfileOptions {
  readonly context: string;
  readonly check?: boolean;
  readonly only?: string[];
}

export const tiltfileCommand = () =>
  new Command('tiltfile')
    .summary('what a Tiltfile asks repoctl for')
    .description(
      'Write the manifests and print what tilt/repoctl.star needs to know, as JSON: the plan, the files to watch, and what ' +
        'is wrong. Exits 0 even then, so that the Tiltfile watches what has to be mended.',
    )
    .option('--context <name>', 'Tilt’s context', '')
    .addOption(developmentProfileOption())
    .option('--only <name...>', 'the projects and objects that are to be started (default: all)')
    .option('--check', 'also look whether Docker runs and the ports are free')
    .addHelpText('after', '\nExamples:\n  repoctl tiltfile --context kind-monorepo | jq .inputs')
    .action(async (options: Options) => {
      const [{ findRoot }, { tiltfileAnswer }] = await Promise.all([
        import('../../config/root.ts'),
        import('../../tilt/answer.ts'),
      ]);
      const answer = await tiltfileAnswer(findRoot(process.cwd()), options);
      printJson(answer, process.stdout, 0);
    });
