import { randomInt } from 'node:crypto';
import { clean, flat } from './clean.ts';

const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const;

export type Colour = keyof typeof codes;

const esc = '\u001B';

/** Puts a text in a colour. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * What tells our own commands for the terminal from those that stand in logs, manifests and messages. Nobody outside of this
 * process knows it, so none of them can imitate repoctl's own.
 */
const key = `${randomInt(2 ** 47)};${randomInt(2 ** 47)}`;

const mark = new RegExp(`${esc}\\[${key};([?\\d;]*[A-Za-z])`);

/**
 * A command for the terminal, as a mark in a text that `shown` makes a control sequence of: `command('2K')` clears the
 * line.
 */
export const command = (sequence: string): string => `${esc}[${key};${sequence}`;

/**
 * A text as it is written to a terminal: our own marks have become colours and cursor movements, and nothing else is left
 * that a terminal would obey.
 */
export function shown(text: string): string {
  const [first = '', ...rest] = text.split(mark);
  if (rest.length === 0) return clean(first);
  // Every second part is a mark's sequence.
  return clean(first) + rest.map((part, index) => (index % 2 === 0 ? `${esc}[${part}` : clean(part))).join('');
}

/** A text as one line of what is shown. */
export const shownLine = (line: string): string => flat(shown(line));

/** Whether a stream gets colours: not where NO_COLOR is set or nobody looks, unless FORCE_COLOR wants them. */
export function isColourful({ isTTY }: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  return FORCE_COLOR ? FORCE_COLOR !== '0' : isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** Colours for a stream. */
export const painter = (stream: { readonly isTTY?: boolean }): Paint =>
  isColourful(stream) ? (colour, text) => `${command(`${codes[colour]}m`)}${text}${command('0m')}` : (_, text) => text;

/** Text colours, bold and their ends; no backgrounds, and nothing that hides a text. */
const harmless = /^(?:[0-4]|2[1-4]|3[0-79]|9[0-7]|38;5;\d{1,3}|38;2(?:;\d{1,3}){3})$/;

const colouring = new RegExp(`${esc}\\[((?:\\d{1,3};?)*)m`, 'g');

/** A line that others have coloured: colours of letters stay, and end with it. */
export function recoloured(line: string): string {
  if (!line.includes(esc)) return line;
  return (
    line.replaceAll(colouring, (_, parameters: string) => {
      const kept = (parameters.match(/[34]8;(?:5;\d+|2;\d+;\d+;\d+)|\d+/g) ?? ['0']).filter((each) =>
        harmless.test(each),
      );
      return kept.length > 0 ? command(`${kept.join(';')}m`) : '';
    }) + command('0m')
  );
}
