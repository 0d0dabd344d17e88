import { join } from 'node:path';
import { makeProgram } from '../../../src/cli/program.ts';
import { attempt } from '../run.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'repoctl.mjs');

/** Commands that only read, so that they can be tried. */
const reading: Readonly<Record<string, readonly string[]>> = {
  repoctl: ['logs', 'status', 'list'],
  kubectl: ['get', 'describe', 'logs', 'auth', 'cluster-info'],
};

/**
 * What is wrong with a command that the report advises; `undefined` if it exists, and works as far as it changes nothing.
 *
 * @param root where it would be typed
 */
export function flaw(root: string, [name = '', ...args]: readonly string[]): string | undefined {
  if (name === 'repoctl') return repoctlFlaw(root, args);
  if (name === 'kubectl') return kubectlFlaw(args);
  // Of kind and docker, whose help of what they don't know is no failure: that they tell of the command.
  const { stdout } = attempt(name, [...args.slice(0, 2), '--help']);
  return stdout.includes(`${name} ${args[0]}`) ? undefined : `${name} has no command ${args[0]}`;
}

function repoctlFlaw(root: string, args: readonly string[]): string | undefined {
  let command = makeProgram('0');
  let rest = args;
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (!next) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0) return `repoctl has no such command: ${args.join(' ')}`;
  const { operands, unknown } = command.parseOptions([...rest]);
  const most = command.registeredArguments.some(({ variadic }) => variadic)
    ? Number.POSITIVE_INFINITY
    : command.registeredArguments.length;
  if (unknown.length > 0 || operands.length > most)
    return `${command.name()} does not take ${unknown.join(' ') || operands.join(' ')}`;
  return reading.repoctl?.includes(command.name()) ? failure(process.execPath, [program, ...args], root) : undefined;
}

function kubectlFlaw(args: readonly string[]): string | undefined {
  const verb = args.find(
    (each, index) => !each.startsWith('-') && !['--context', '-n'].includes(args[index - 1] ?? ''),
  );
  if (reading.kubectl?.includes(verb ?? '')) return failure('kubectl', args);
  return failure('kubectl', verb === 'patch' ? [...args, '--dry-run=server'] : [verb ?? '', '--help']);
}

function failure(command: string, args: readonly string[], cwd?: string): string | undefined {
  const { status, stderr } = attempt(command, args, { cwd });
  return status === 0 ? undefined : `${command} ${args.join(' ')} ended with ${status}: ${stderr}`;
}
