import { Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../../../charts/model.ts';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { UsageError } from '../../platform/errors.ts';
import type { FailOn } from '../../status/report/exit-code.ts';
import type { Output } from '../../status/report/print.ts';
import type { Scope } from '../../status/report/select.ts';
import { profileOption, timeoutOption, withClusterOptions } from './options.ts';

const subjects: Readonly<Record<Scope, string>> = {
  all: 'the global tier and of all projects',
  global: 'the global tier',
  project: 'a project',
};

const failures: readonly FailOn[] = ['degraded', 'progressing', 'incomplete', 'never'];

interface Options extends ClusterOptions {
  readonly output?: Output;
  readonly failOn: readonly FailOn[];
  readonly profile: ProfileName;
  readonly deep?: boolean;
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly timeout: number;
  readonly logs?: number;
  readonly since?: string;
}

/** `status`, at each of its places. */
export function statusCommand(scope: Scope): Command {
  const command = new Command('status')
    .summary(`show the health of ${subjects[scope]}`)
    .description(
      `Show the health of ${subjects[scope]}. For each problem: its cause and the next command, the worst first. ` +
        'Without a valid repoctl.yaml, show every namespace that has the labels of repoctl.',
    )
    .addOption(
      new Option(
        '-o, --output <format>',
        'wide: one line per service; json, yaml: data; name: names of the services',
      ).choices(['wide', 'json', 'yaml', 'name']),
    )
    .addOption(new Option('--watch', 'follow changes until Ctrl-C; with -o json one line per change').conflicts('wait'))
    .addOption(
      new Option('--logs [lines]', 'also show the last log lines and warnings of what is not healthy')
        .argParser(lineCount)
        .preset(10)
        .conflicts('watch'),
    )
    .addOption(
      new Option(
        '--since <time>',
        'also show what happened since: 30m, 1h, 2d, or a time such as 2026-01-31T09:00:00Z',
      ).conflicts(['watch', 'wait']),
    )
    .addOption(new Option('--deep', 'also ask each service in its own protocol').conflicts(['watch', 'wait']))
    .option('--wait', 'wait until everything is healthy; fail at once if something can’t become healthy')
    .addOption(timeoutOption('how long --wait waits', 300))
    .addOption(
      new Option('--fail-on <what>', `fail on this; repeatable: ${failures.join(', ')}`)
        .argParser(failOn)
        .default([], 'degraded'),
    )
    .addOption(profileOption());
  if (scope === 'all') command.argument('[project...]');
  if (scope === 'project') command.argument('<project...>');
  return withClusterOptions(command)
    .addHelpText('after', `\n${exitCodes}\n\nExamples:\n  ${examples[scope].join('\n  ')}`)
    .action(async (...given: unknown[]) => {
      const names = scope === 'global' ? [] : (given[0] as string[]);
      await status(scope, names, given[scope === 'global' ? 0 : 1] as Options, command);
    });
}

async function status(scope: Scope, names: readonly string[], options: Options, command: Command): Promise<void> {
  if (!options.wait && command.getOptionValueSource('timeout') === 'cli')
    throw new UsageError('--timeout needs --wait', 'Add --wait');
  if (options.watch && (options.output === 'yaml' || options.output === 'name'))
    throw new UsageError(`--watch can’t be combined with -o ${options.output}`, 'Allowed: -o wide, -o json');
  const since = options.since === undefined ? undefined : await instantSince(options.since);
  const { showStatus } = await import('../../status/report/show-status.ts');
  process.exitCode = await showStatus(scope, names, { ...options, since });
}

async function instantSince(given: string): Promise<Date> {
  const { parseSince } = await import('../../logs/parse-since.ts');
  return new Date(parseSince(given, new Date()));
}

function lineCount(given: string | number): number {
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw new InvalidArgumentError('expected a number of lines from 1 to 1000; name projects before --logs');
  return count;
}

function failOn(given: string, before: readonly FailOn[]): FailOn[] {
  const found = failures.find((each) => each === given);
  if (!found) throw new InvalidArgumentError(`allowed: ${failures.join(', ')}`);
  return [...before, found];
}

const exitCodes = `Exit codes: 0 everything that was started is healthy, progressing, or stopped on purpose; 1 something is broken or missing; 2 the
configuration is invalid; 3 the health is unknown or the cluster can't be reached; 4 --wait took too long.

--fail-on degraded (the default) fails on what is broken or missing; progressing: also on what is still starting; incomplete: also on
what you have no right to see; never: fail only on an invalid configuration or an unreachable cluster.`;

const examples: Readonly<Record<Scope, readonly string[]>> = {
  all: [
    'repoctl status',
    'repoctl status turfoo -o wide',
    'repoctl status --watch',
    'repoctl status turfoo --logs=20',
    'repoctl status --since 1h',
    'repoctl status turfoo --wait --timeout 120',
    'repoctl infra status -o json | jq -r ".tiers[].status"',
  ],
  global: ['repoctl infra global status', 'repoctl infra global status --wait'],
  project: ['repoctl infra project status turfoo', 'repoctl infra project status turfoo --watch'],
};
