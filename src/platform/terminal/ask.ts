import { createInterface } from 'node:readline';
import { UsageError } from '../errors.ts';
import { clean } from './clean.ts';

/** Asks on the terminal; gives the answer without the spaces around it. */
export type Ask = (question: string) => Promise<string>;

/** The parts of `process` that it uses. */
interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** The terminal to ask on, if there is one. Ctrl-D and Ctrl-C are empty answers. */
export function terminal({ stdin: input, stderr: output }: Streams = process): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return (question) =>
    new Promise((resolve) => {
      const lines = createInterface({ input, output });
      lines.once('close', () => resolve(''));
      lines.once('SIGINT', () => lines.close());
      lines.question(clean(question), (answer) => {
        resolve(answer.trim());
        lines.close();
      });
    });
}

/**
 * Asks a question that is answered by yes or no; no answer is a no.
 *
 * @param yes whether the command line has answered it already
 * @throws UsageError if there is nobody to ask
 */
export async function confirm(question: string, yes = false, ask = terminal()): Promise<boolean> {
  if (yes) return true;
  if (!ask) throw new UsageError(`${question} there is no terminal to answer on`, 'Answer with --yes');
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
