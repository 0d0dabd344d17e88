import { clean, flat, width } from './clean.ts';
import { command } from './paint.ts';
import { printText, type Stream } from './print.ts';

/**
 * What turns a screen of lines into another: only lines that differ are written.
 *
 * @param before none if nothing is known of the screen
 */
export function repaint(before: readonly string[] | undefined, after: readonly string[]): string {
  const start = before ? '' : command('H') + command('2J');
  const old = before ?? [];
  const changed = Array.from({ length: Math.max(old.length, after.length) }, (_, row) =>
    (old[row] ?? '') === (after[row] ?? '')
      ? ''
      : command(`${row + 1};1H`) + (after[row] ?? '') + command('0m') + command('K'),
  );
  return start + changed.join('');
}

/** A line that is no longer than a terminal is wide. What is cut loses its colours, too: where they end is cut as well. */
export function cut(line: string, columns: number): string {
  const one = flat(line).replaceAll('\t', ' ');
  return width(one) <= columns ? one : `${clean(one).slice(0, Math.max(0, columns - 1))}…`;
}

/** The first lines that fit, and how many don't. */
export function fitted(lines: readonly string[], rows: number, columns: number): string[] {
  const all = lines.map((line) => cut(line, columns));
  if (all.length <= rows) return all;
  return [...all.slice(0, Math.max(0, rows - 1)), cut(`… ${all.length - rows + 1} more lines`, columns)];
}

/** Writes lines over the last ones of a stream, of which there are `height`. */
export function paintOver(lines: readonly string[], height: number, stream: Stream): void {
  const up = height > 0 ? command(`${height}A`) : '';
  const painted = lines.map((line) => `${command('2K')}${cut(line, Number.POSITIVE_INFINITY)}\n`).join('');
  void printText(`${command('?7l')}${up}${painted}${command('J')}${command('?7h')}`, stream);
}

/** A terminal that is painted as a whole, and is afterwards as it was. */
export class Screen {
  #shown: readonly string[] | undefined;
  readonly #resized = () => {
    this.#shown = undefined;
  };

  constructor(private readonly stream: NodeJS.WriteStream) {
    // Without wrapping: a line that takes more columns than it has characters would push others down.
    this.#print(command('?1049h') + command('?25l') + command('?7l'));
    stream.on('resize', this.#resized);
  }

  show(lines: readonly string[]): void {
    const { rows = 24, columns = 80 } = this.stream;
    const next = fitted(lines, rows, columns);
    const text = repaint(this.#shown, next);
    if (text !== '') this.#print(text);
    this.#shown = next;
  }

  end(): void {
    this.stream.off('resize', this.#resized);
    this.#print(command('?7h') + command('?25h') + command('?1049l'));
  }

  #print(text: string): void {
    void printText(text, this.stream);
  }
}
