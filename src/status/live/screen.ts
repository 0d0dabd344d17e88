import { stripVTControlCharacters } from 'node:util';

const csi = '\u001B[';

/**
 * What turns a screen of lines into another: only lines that differ are written.
 *
 * @param before none if nothing is known of the screen
 */
export function repaint(before: readonly string[] | undefined, after: readonly string[]): string {
  const start = before ? '' : `${csi}H${csi}2J`;
  const old = before ?? [];
  const changed = Array.from({ length: Math.max(old.length, after.length) }, (_, row) =>
    (old[row] ?? '') === (after[row] ?? '') ? '' : `${csi}${row + 1};1H${after[row] ?? ''}${csi}0m${csi}K`,
  );
  return start + changed.join('');
}

/** A line that is no longer than a terminal is wide. What is cut loses its colours, too: where they end is cut as well. */
export function cut(line: string, columns: number): string {
  const text = stripVTControlCharacters(line);
  return text.length <= columns ? line : `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** The first lines that fit, and how many don't. */
export function fitted(lines: readonly string[], rows: number, columns: number): string[] {
  const all = lines.map((line) => cut(line, columns));
  if (all.length <= rows) return all;
  return [...all.slice(0, Math.max(0, rows - 1)), cut(`… ${all.length - rows + 1} more lines`, columns)];
}

/** A terminal that is painted as a whole, and is afterwards as it was. */
export class Screen {
  #shown: readonly string[] | undefined;
  readonly #resized = () => {
    this.#shown = undefined;
  };

  constructor(private readonly stream: NodeJS.WriteStream) {
    stream.write(`${csi}?1049h${csi}?25l`);
    stream.on('resize', this.#resized);
  }

  show(lines: readonly string[]): void {
    const { rows = 24, columns = 80 } = this.stream;
    const next = fitted(lines, rows, columns);
    const text = repaint(this.#shown, next);
    if (text !== '') this.stream.write(text);
    this.#shown = next;
  }

  end(): void {
    this.stream.off('resize', this.#resized);
    this.stream.write(`${csi}?25h${csi}?1049l`);
  }
}
