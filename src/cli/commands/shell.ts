import { Command } from 'commander';
import { shellQuoted } from '../../../charts/common/shell-quoted.ts';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { UsageError } from '../../platform/errors.ts';
import { developmentProfileOption, type ProfileOptions, report, withClusterOptions } from './options.ts';

interface ShellOptions extends ClusterOptions, ProfileOptions {
  readonly window?: boolean;
}

const shell = () =>
  withClusterOptions(
    new Command('shell')
      .addOption(developmentProfileOption())
      .option('--window', 'open in a new terminal window if possible'),
  );

export const projectShellCommand = () =>
  shell()
    .summary('open psql, or a shell in a container')
    .description(
      'Open the client of a database of the project without a password, or a shell in the container of any other service or ' +
        'workload. Arguments after -- are passed to it.',
    )
    .argument('<project>')
    .argument('[service]', 'default: the first service that has a client')
    .argument('[arguments...]')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project shell turfoo\n  repoctl infra project shell turfoo -- --list\n  repoctl infra project shell turfoo api\n' +
        '  repoctl infra project shell turfoo postgres -- -c "select count(*) from race"',
    )
    .action((project: string, service: string | undefined, more: readonly string[], options: ShellOptions) =>
      open(project, divided([service, ...more]), options),
    );

export const globalShellCommand = () =>
  shell()
    .summary('open redis-cli, or a shell in a container')
    .description(
      'Open the client of a service of the global tier without a password. Arguments after -- are passed to it.',
    )
    .argument('[service]', 'default: redis')
    .argument('[arguments...]')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra global shell\n  repoctl infra global shell redis -- -n 1 dbsize',
    )
    .action((service: string | undefined, more: readonly string[], options: ShellOptions) =>
      open(undefined, divided([service, ...more]), options),
    );

async function open(
  project: string | undefined,
  { before: [service, ...surplus], after }: ReturnType<typeof divided>,
  { window, profile, ...options }: ShellOptions,
): Promise<void> {
  if (surplus.length > 0)
    throw new UsageError(
      `expected one service, got extra: ${surplus.join(' ')}`,
      'Put the client’s arguments after --',
    );
  const { openShell, shellTarget } = await import('../../lifecycle/shell.ts');
  const target = await shellTarget(project, service, profile);
  if (!window) {
    process.exitCode = await openShell(target, after, options);
    return;
  }
  const { openWindow } = await import('../../platform/terminal/window.ts');
  const at = process.argv.indexOf('--window');
  const words = process.argv.toSpliced(at, 1);
  const line = `cd ${shellQuoted(process.cwd())} && ${words.map(shellQuoted).join(' ')}`;
  if (await openWindow(line)) return report(`opened ${target.name} of ${target.controller.name} in a window`);
  // What people type, not how it was started.
  report('can’t open a window here; run in a terminal:');
  report(`  repoctl ${words.slice(2).map(shellQuoted).join(' ')}`);
}

/** The arguments before and after `--`, which the parser hands on as one list. */
export function divided(
  given: readonly (string | undefined)[],
  argv: readonly string[] = process.argv,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const all = given.filter((word) => word !== undefined);
  const at = argv.indexOf('--');
  const after = at < 0 ? [] : argv.slice(at + 1);
  return { before: all.slice(0, all.length - after.length), after };
}
