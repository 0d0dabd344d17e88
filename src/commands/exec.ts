import { Command } from 'commander';
import { shellQuoted } from '../../charts/common/shell.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { report, withClusterOptions } from './options.ts';

export const runCommandCommand = () =>
  withClusterOptions(
    new Command('run')
      .summary('run one of the project’s commands in its container')
      .description(
        'Run a command that the project names under `commands`, in the container of its workload. Without a name, list ' +
          'them. Ends with the command’s own exit code.',
      )
      .argument('<project>')
      .argument('[command]')
      .argument('[arguments...]', 'what follows its own arguments'),
  )
    .addHelpText('after', '\nExamples:\n  repoctl infra project run turfoo\n  repoctl infra project run turfoo seed')
    .action(async (project: string, name: string | undefined, more: readonly string[], options: ClusterOptions) => {
      const { commandsOf, runCommand } = await import('../lifecycle/exec.ts');
      if (name !== undefined) {
        process.exitCode = await runCommand(project, name, more, options);
        return;
      }
      const { tableLines } = await import('../terminal/table.ts');
      const rows = (await commandsOf(project)).map((each) => [each.name, each.description ?? each.command.join(' ')]);
      for (const line of tableLines([['COMMAND', 'DOES'], ...rows])) process.stdout.write(`${line}\n`);
    });

interface ShellOptions extends ClusterOptions {
  readonly window?: boolean;
}

const shell = () =>
  withClusterOptions(
    new Command('shell').option('--window', 'in a window of the terminal of its own, if there can be one'),
  );

export const projectShellCommand = () =>
  shell()
    .summary('open psql, or a shell in a container')
    .description(
      'Open the client of a database of the project, or a shell in the container of anything else, without passwords. What ' +
        'follows -- is given to it.',
    )
    .argument('<project>')
    .argument('[service]', 'default: the first that has a client')
    .argument('[arguments...]')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project shell turfoo\n  repoctl infra project shell turfoo api\n' +
        '  repoctl infra project shell turfoo postgres -- -c "select count(*) from race"',
    )
    .action((project: string, service: string | undefined, more: readonly string[], options: ShellOptions) =>
      open(project, service, more, options),
    );

export const globalShellCommand = () =>
  shell()
    .summary('open redis-cli, or a shell in a container')
    .description('Open the client of a service of the global tier, without passwords. What follows -- is given to it.')
    .argument('[service]', 'default: redis')
    .argument('[arguments...]')
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra global shell\n  repoctl infra global shell redis -- -n 1 dbsize',
    )
    .action((service: string | undefined, more: readonly string[], options: ShellOptions) =>
      open(undefined, service, more, options),
    );

async function open(
  project: string | undefined,
  service: string | undefined,
  more: readonly string[],
  { window, ...options }: ShellOptions,
): Promise<void> {
  const { openShell, shellTarget } = await import('../lifecycle/exec.ts');
  const target = await shellTarget(project, service);
  if (!window) {
    process.exitCode = await openShell(target, more, options);
    return;
  }
  const { openWindow } = await import('../terminal/window.ts');
  const words = process.argv.filter((word) => word !== '--window');
  const line = `cd ${shellQuoted(process.cwd())} && ${words.map(shellQuoted).join(' ')}`;
  if (await openWindow(line)) return report(`opened ${target.program[0]} of ${target.controller} in a window`);
  // What people type, not how it was started.
  report(`no window can be opened here; in a terminal:\n  repoctl ${words.slice(2).map(shellQuoted).join(' ')}`);
}
