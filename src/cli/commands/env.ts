import { Command, Option } from 'commander';
import { printData, printJson, printLine, printLines } from '../../platform/terminal/print.ts';
import { type JsonOptions, jsonOption } from './options.ts';

interface Options extends JsonOptions {
  readonly from: 'host' | 'cluster' | 'external';
  readonly export?: boolean;
  readonly showSecrets?: boolean;
}

export const envCommand = () =>
  new Command('env')
    .summary('print the variables and connection strings of a project')
    .description(
      "Print the variables of a project's workloads, with the addresses that work from a place: on this machine through the " +
        'fixed ports (see `repoctl infra list`), in a pod, or at the managed services of the external profile. ' +
        'Passwords are shown as **** on a terminal; a pipe, a file or --show-secrets gets them.',
    )
    .argument('<project>')
    .addOption(
      new Option('--from <place>', 'place where the variables are used')
        .choices(['host', 'cluster', 'external'])
        .default('host'),
    )
    .option('--export', 'print `export` lines for the shell')
    .option('--show-secrets', 'print passwords on a terminal as well')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra env turfoo\n  eval "$(repoctl infra env turfoo --export)"\n' +
        '  repoctl infra env turfoo --from cluster -o json | jq .DATABASE_URL',
    )
    .action(async (name: string, options: Options) => {
      const { projectVariables } = await import('../../synth/variables/project-variables.ts');
      const { exportLine, masked } = await import('../../synth/variables/resolve.ts');
      const resolved = projectVariables(name, options.from);
      const hidden = process.stdout.isTTY && !options.showSecrets;
      const values = resolved.flatMap((each) =>
        each.value === undefined ? [] : [[each.name, hidden ? masked(each) : each.value] as const],
      );
      const line = ([key, value]: readonly [string, string]) =>
        options.export ? exportLine(key, value) : `${key}=${value}`;
      if (values.length > 0 && options.output === 'json') printJson(Object.fromEntries(values));
      else printData(values.map((each) => `${line(each)}\n`).join(''));
      const lacking = resolved.filter(({ value }) => value === undefined).map(({ name }) => name);
      if (lacking.length > 0)
        printLines(
          [`without a value in .env: ${lacking.join(', ')}`, '  repoctl secrets apply makes .env files'],
          process.stderr,
        );
      if (resolved.length === 0) printLine(`${name} has none`);
    });
