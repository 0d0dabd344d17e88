import { Command, Option } from 'commander';
import { exitCodes } from '../../platform/errors.ts';
import { printJson, printLines } from '../../platform/terminal/print.ts';

interface Options {
  readonly output: 'table' | 'json';
  readonly kubeconfig?: string;
}

export const doctorCommand = () =>
  new Command('doctor')
    .summary('check this machine: tools, Docker, ports, limits, context')
    .description(
      'Check this machine: tools and their versions, the memory and disk of Docker, the ports of the configuration and the ' +
        "programs that use them, the kernel's limits, the kubeconfig's context and whether its API server answers. " +
        'Print a fix for each problem. Change nothing. Exit codes: 0 nothing fails, warnings included; 1 something fails.',
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print the result').choices(['table', 'json']).default('table'),
    )
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, or ~/.kube/config')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl doctor\n  repoctl doctor -o json | jq \'.checks[] | select(.level == "fail")\'',
    )
    .action(async ({ output, kubeconfig }: Options) => {
      const [{ gather }, { diagnose, isHealthy, rowDocument, rowLines }, { painter }] = await Promise.all([
        import('../../doctor/gather/gather.ts'),
        import('../../doctor/diagnose.ts'),
        import('../../platform/terminal/paint.ts'),
      ]);
      const rows = diagnose(await gather({ folder: process.cwd(), kubeconfig }));
      if (output === 'json') printJson(rowDocument(rows));
      else printLines(rowLines(rows, painter(process.stdout)));
      if (!isHealthy(rows)) process.exitCode = exitCodes.unhealthy;
    });
