import type { Command } from 'commander';
import { makeProgram } from '../src/cli/program.ts';

/** The help of all commands as a page, `docs/commands.md`. */
export function commandReference(): string {
  const program = makeProgram('').configureHelp({ helpWidth: 100 });
  const sections = leaves(program).map((command) => `## ${path(command)}\n\n\`\`\`\n${help(command)}\n\`\`\`\n`);
  return [
    '# Commands\n',
    'Made from the commands themselves (`npm run generate`); `--help` prints the same.\n',
    'Data goes to stdout, everything else to stderr. Exit codes: 0 ok, 1 unhealthy or failed, 2 usage or configuration,',
    '3 the cluster (or Docker) can’t be reached or refuses, 4 a wait timed out, 70 a bug, 130 interrupted.\n',
    sections.join('\n'),
  ].join('\n');
}

/** The commands that do something, in the order of the help. */
function leaves(command: Command): Command[] {
  const visible = command.commands.filter((each) => !each.name().startsWith('_'));
  return visible.length === 0 ? [command] : visible.flatMap(leaves);
}

const path = (command: Command): string =>
  command.parent ? `${path(command.parent)} ${command.name()}` : command.name();

function help(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (written) => (text += written),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim();
}
