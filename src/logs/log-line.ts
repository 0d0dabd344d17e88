import { instant } from './instant.ts';

/** A line of a container's log. */
export interface LogLine {
  /** When it was written, as `instant` gives it. */
  readonly time: string;
  readonly text: string;
}

/** A line as the server sends it with `timestamps`; `undefined` if it has none: then it is the server's own word. */
export function parseLogLine(raw: string): LogLine | undefined {
  const end = raw.indexOf(' ');
  const time = instant(end < 0 ? raw : raw.slice(0, end));
  if (time === undefined) return undefined;
  return { time, text: end < 0 ? '' : raw.slice(end + 1).replace(/\r$/, '') };
}

/** Makes lines of the pieces of a text. */
export class LineSplitter {
  #rest = '';

  /** The lines that a piece completes. */
  push(piece: string): string[] {
    // A very long line comes in many pieces: it is put together only once.
    if (!piece.includes('\n')) {
      this.#rest += piece;
      return [];
    }
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  /** The last line, if the text did not end with a line break. */
  end(): string[] {
    return this.#rest === '' ? [] : [this.#rest];
  }
}
