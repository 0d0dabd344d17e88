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
    .summary('write the manifests and print what a Tiltfile needs')
    .description(
      'Write the manifests and print what tilt/repoctl.star needs, as JSON: the plan, the files to watch, and the problems. ' +
        'Exit with 0 even if there are problems, so that the Tiltfile watches the files to fix.',
    )
    .option('--context <name>', 'Tilt’s context', '')
    .addOption(developmentProfileOption())
    .option('--only <name...>', 'the projects and objects to start (default: all)')
    .option('--check', 'also check that Docker is running and the ports are free')
    .addHelpText('after', '\nExamples:\n  repoctl tiltfile --context kind-monorepo | jq .inputs')
    .action(async (options: Options) => {
      const [{ findRoot }, { tiltfileAnswer }] = await Promise.all([
        import('../../config/root.ts'),
        import('../../tilt/answer.ts'),
      ]);
      const answer = await tiltfileAnswer(findRoot(process.cwd()), options);
      printJson(answer, process.stdout, 0);
    });
