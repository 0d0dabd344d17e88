import type { WriteStream } from 'node:tty';

const codes = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const;

export type Colour = keyof typeof codes;

/** Puts a text in a colour. */
export type Paint = (colour: Colour, text: string) => string;

/** Colours for a stream: none where NO_COLOR is set or nobody looks, unless FORCE_COLOR wants them. */
export function painter(stream: Pick<WriteStream, 'isTTY'>): Paint {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const wanted = FORCE_COLOR ? FORCE_COLOR !== '0' : stream.isTTY && !NO_COLOR && process.env.TERM !== 'dumb';
  return wanted ? (colour, text) => `\u001B[${codes[colour]}m${text}\u001B[0m` : (_, text) => text;
}
