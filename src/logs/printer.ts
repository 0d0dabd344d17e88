import { type Colour, type Paint, recoloured } from '../platform/terminal/paint.ts';
import type { Container } from './containers.ts';
import type { LogLine } from './log-line.ts';
import { type NamedPod, ShortNames } from './short-names.ts';

/** A line, and whose it is. */
export interface Entry extends LogLine {
  readonly container: Container;
}

export interface PrinterOptions {
  /** The first part of the names of all objects. */
  readonly prefix: string;
  /** Whether each line begins with its time. */
  readonly timestamps: boolean;
  readonly paint: Paint;
  /** Whether lines keep the colours that the programs have given them. */
  readonly colours: boolean;
}

/** Lines as they are shown: `api-x2x5d | GET /health 200`, `api-x2x5d wait-redis | redis answers`. */
export class Printer {
  readonly #names: ShortNames;
  readonly #colours: Colours;
  #width = 0;

  constructor(private readonly options: PrinterOptions) {
    this.#names = new ShortNames(options.prefix);
    this.#colours = new Colours(options.paint);
  }

  /** A pod's short name. Lines are aligned with the longest of those that were asked for. */
  name(pod: NamedPod): string {
    const name = this.#names.of(pod);
    this.#width = Math.max(this.#width, name.length);
    return name;
  }

  /** A pod's short name, and the container's if it isn't the main one. */
  title({ pod, name, main }: Container): string {
    return main ? this.name(pod) : `${this.name(pod)} ${name}`;
  }

  line({ container, time, text }: Entry): string {
    const title = this.title(container).padEnd(this.#width);
    const label = this.#colours.apply(this.name(container.pod), `${title} |`);
    return `${label} ${this.options.timestamps ? `${time} ` : ''}${this.options.colours ? recoloured(text) : text}\n`;
  }
}

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
