import { clean, escaped } from './clean.ts';
import { shown, shownLine } from './paint.ts';

/** What text is printed on: `process.stdout`, `process.stderr`. */
export interface Stream {
  readonly isTTY?: boolean;
  write(text: string, done?: () => void): unknown;
}

// All that repoctl prints goes through these four; nothing else writes to a terminal (test/architecture.test.ts).

/** Prints a line for people. Whatever is in it, it stays one line and moves no cursor. */
export const printLine = (line: string, stream: Stream = process.stderr): void => printLines([line], stream);

/** Prints lines for people. */
export function printLines(lines: readonly string[], stream: Stream = process.stdout): void {
  if (lines.length > 0) stream.write(lines.map((line) => `${shownLine(line)}\n`).join(''));
}

/**
 * Prints a text for people as it is, its line breaks included: files, help, a painted screen.
 *
 * @returns once the stream has taken it
 */
export async function printText(text: string, stream: Stream = process.stdout): Promise<void> {
  if (text === '') return;
  await new Promise<void>((resolve) => stream.write(shown(text), () => resolve()));
}

/** Prints what programs read, as it is; only on a terminal nothing in it is a command. */
export function printData(text: string, stream: Stream = process.stdout): void {
  stream.write(stream.isTTY ? clean(text) : text);
}

/** Prints a value as JSON; without an indent in one line. */
export function printJson(value: unknown, stream: Stream = process.stdout, indent: number | undefined = 2): void {
  printData(`${escaped(JSON.stringify(value, undefined, indent))}\n`, stream);
}
