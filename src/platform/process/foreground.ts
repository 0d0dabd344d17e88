import { execa } from 'execa';
import { UsageError } from '../errors.ts';
import { installation } from './diagnosis.ts';
import { hearing } from './interrupt.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program that has the terminal to itself. This process outlives it, and passes signals on to it.
 *
 * @returns its exit code; 0 if it was asked to end and did
 * @throws UsageError if it can't be started
 */
export async function foreground(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<number> {
  const child = execa(program, args, { ...options, stdio: 'inherit', reject: false });
  let ended = false;
  const pass = (signal: NodeJS.Signals) => {
    ended = true;
    // A terminal has sent its Ctrl-C to the program already; a second one would break it off.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const name of signals) process.on(name, pass);
  try {
    const result = await child;
    if (result.exitCode === undefined && result.signal === undefined)
      throw new UsageError(`${program} can't be run: ${result.code ?? result.originalMessage}`, installation(program));
    if (result.failed && !ended) await hearing();
    return ended ? 0 : (result.exitCode ?? 1);
  } finally {
    for (const name of signals) process.off(name, pass);
  }
}
