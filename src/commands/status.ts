import { Command, Option } from 'commander';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { exitCodes } from '../errors.ts';
import type { Scope } from '../report/report.ts';
import { withClusterOptions } from './options.ts';

const subjects: Readonly<Record<Scope, string>> = {
  all: 'the global tier and of projects',
  global: 'the global tier',
  project: 'a project',
};

/** `status`, at each of its places. */
export function statusCommand(scope: Scope): Command {
  const command = new Command('status')
    .summary(`the health of ${subjects[scope]}`)
    .description(
      `Say how the services of ${subjects[scope]} are: for whatever is not healthy its cause and what to type next. ` +
        'Exits 0 if all that was started is healthy or stopped on purpose, 1 if not.',
    )
    .addOption(new Option('-o, --output <format>', 'a line for each service, or data').choices(['wide', 'json']));
  if (scope === 'all') command.argument('[project...]');
  if (scope === 'project') command.argument('<project...>');
  return withClusterOptions(command)
    .addHelpText('after', `\nExamples:\n  ${examples[scope].join('\n  ')}`)
    .action(async (...given: unknown[]) => {
      const names = scope === 'global' ? [] : (given[0] as string[]);
      const options = given[scope === 'global' ? 0 : 1] as ClusterOptions & { output?: 'wide' | 'json' };
      const { healthReport, isWell } = await import('../report/report.ts');
      const { reportLines } = await import('../report/table.ts');
      const { painter } = await import('../terminal/paint.ts');
      const reports = await healthReport(scope, names, options);
      const lines =
        options.output === 'json'
          ? [JSON.stringify(reports, null, 2)]
          : reportLines(reports, painter(process.stdout), options.output === 'wide');
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      if (!isWell(reports)) process.exitCode = exitCodes.unhealthy;
    });
}

const examples: Readonly<Record<Scope, readonly string[]>> = {
  all: ['repoctl status', 'repoctl status turfoo -o wide', 'repoctl infra status -o json'],
  global: ['repoctl infra global status'],
  project: ['repoctl infra project status turfoo'],
};
