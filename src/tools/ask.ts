import { createInterface } from 'node:readline';

/** What it needs of `process`. */
interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Asks on the terminal; the end of the input and Ctrl-C mean no. `null` if there is no terminal. */
export function askOnTerminal({ stdin, stderr }: Terminal = process): ((question: string) => Promise<boolean>) | null {
  if (!stdin.isTTY || !stderr.isTTY) return null;
  return (question) =>
    new Promise((resolve) => {
      const lines = createInterface({ input: stdin, output: stderr });
      lines.once('close', () => resolve(false));
      lines.once('SIGINT', () => lines.close());
      lines.question(`${question} [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()));
        lines.close();
      });
    });
}
