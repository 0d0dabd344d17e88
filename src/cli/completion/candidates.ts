import type { Argument, Command, Option } from 'commander';

/** The names that the configuration gives to arguments. */
export interface Names {
  readonly projects: () => readonly string[];
  /** Services and workloads of a project. */
  readonly services: (project: string) => readonly string[];
  readonly profiles: () => readonly string[];
}

/**
 * What the last word of a command line may become.
 *
 * @param words what stands after the program's name; the last one is being typed and may be empty
 */
export function candidates(program: Command, words: readonly string[], names: Names): string[] {
  const typed = words.at(-1) ?? '';
  const { command, given, pending } = walk(program, words.slice(0, -1));
  const all = pending
    ? [...(pending.argChoices ?? (pending.attributeName() === 'profile' ? names.profiles() : []))]
    : typed.startsWith('-')
      ? flags(command)
      : values(command, given, names);
  return all.filter((each) => each.startsWith(typed));
}

interface Position {
  readonly command: Command;
  /** Its arguments so far. */
  readonly given: readonly string[];
  /** An option that still lacks its value. */
  readonly pending?: Option;
}

function walk(program: Command, words: readonly string[]): Position {
  let command = program;
  let given: string[] = [];
  let pending: Option | undefined;
  for (const word of words) {
    if (pending) {
      pending = undefined;
      continue;
    }
    const option = word.startsWith('-')
      ? command.options.find(({ long, short }) => long === word || short === word)
      : undefined;
    const next = command.commands.find((each) => each.name() === word);
    if (option?.required) pending = option;
    else if (next) [command, given] = [next, []];
    else if (!word.startsWith('-')) given.push(word);
  }
  return { command, given, pending };
}

const flags = (command: Command): string[] => [
  ...command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []),
  '--help',
];

function values(command: Command, given: readonly string[], names: Names): string[] {
  const subcommands = command.commands.map((each) => each.name()).filter((name) => !name.startsWith('_'));
  return [...subcommands, ...argumentValues(argumentAt(command, given.length), given, names)];
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function argumentValues(argument: Argument | undefined, given: readonly string[], names: Names): readonly string[] {
  if (argument?.argChoices) return argument.argChoices;
  if (argument?.name() === 'project') return names.projects().filter((name) => !given.includes(name));
  if (argument?.name() === 'service') return names.services(given[0] ?? '');
  return [];
}
