import type { Command } from 'commander';

/** The whole name of a command: `repoctl infra project start`. */
export const commandPath = (command: Command): string =>
  command.parent ? `${commandPath(command.parent)} ${command.name()}` : command.name();

/**
 * Commander's message of an unknown command, with where there is one of that name: people type `repoctl start` before
 * they have seen that it is `repoctl infra project start`.
 */
export function withPlaces(message: string, program: Command): string {
  const [, name] = /^error: unknown command '([^']+)'/.exec(message) ?? [];
  const places = name === undefined ? [] : all(program).filter((each) => each.name() === name && !isHelp(each));
  if (places.length === 0) return message;
  return `error: unknown command '${name}'\n(Did you mean ${places.map(commandPath).join(', or ')}?)\n`;
}

const isHelp = (command: Command): boolean => command.name() === 'help';

/** All commands below one; those of projects first, which are wanted most. */
const all = (command: Command): Command[] =>
  command.commands
    .flatMap((each) => [each, ...all(each)])
    .sort((one, other) => Number(isOfProject(other)) - Number(isOfProject(one)));

const isOfProject = ({ parent }: Command): boolean => parent?.name() === 'project';
