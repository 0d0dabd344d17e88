import type { Colour, Paint } from '../platform/terminal/paint.ts';

/** Red is left to errors, and grey to what is beside the point. */
const colours = ['cyan', 'green', 'yellow', 'magenta', 'blue'] as const satisfies readonly Colour[];
const styles = [false, true].flatMap((bold) => colours.map((colour) => ({ colour, bold })));

/**
 * A colour for each name: the same in every run as long as no two names want the same one, in which case the later one
 * gets the next that is free.
 */
export class Colours {
  readonly #chosen = new Map<string, number>();

  constructor(private readonly paint: Paint) {}

  /** Puts a text in the colour of a name. */
  apply(name: string, text: string): string {
    const { colour, bold } = styles[this.#choose(name)] ?? styles[0] ?? { colour: 'cyan', bold: false };
    const coloured = this.paint(colour, text);
    return bold ? this.paint('bold', coloured) : coloured;
  }

  #choose(name: string): number {
    const known = this.#chosen.get(name);
    if (known !== undefined) return known;
    const wanted = hash(name) % styles.length;
    const used = new Set(this.#chosen.values());
    const free = styles.findIndex((_, step) => !used.has((wanted + step) % styles.length));
    const chosen = (wanted + Math.max(0, free)) % styles.length;
    this.#chosen.set(name, chosen);
    return chosen;
  }
}

const hash = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
