/**
 * Characters that change how a terminal shows others: C0 but tab and line break, DEL, C1, bidirectional embeddings,
 * overrides, isolates and marks, line and paragraph separators, and what takes no room. The joiners U+200C and U+200D stay:
 * Persian and emoji are written with them.
 *
 * @see https://trojansource.codes, CVE-2021-42574 (bidi), CVE-2021-25743 (escape sequences in what kubectl prints)
 */
const controls =
  '\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u180E\\u200B\\u200E\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFB';

const control = new RegExp(`[${controls}]`);

/** Whether there is anything in a text that `clean` takes away. */
export const hasControls = (text: string): boolean => control.test(text);

/** What a terminal takes for one command, the longest first, and at last each control character by itself. */
const commands = new RegExp(
  [
    // Strings for the terminal (OSC, DCS, APC, PM, SOS), if they end: of one without an end only its beginning is taken.
    '(?:\\u001B[\\]PX^_]|[\\u0090\\u0098\\u009D-\\u009F])[^\\u0007\\u001B\\u009C\\n]*(?:\\u0007|\\u001B\\\\|\\u009C)',
    // Control sequences: cursor, colours, modes.
    '(?:\\u001B\\[|\\u009B)[0-?]*[ -/]*[@-~]',
    // Short ones: reset, character sets.
    '\\u001B[ -/]*[0-~]',
    // What would go back to the beginning of the line, or begin another one: nothing at the end of a line, else a space.
    '[\\u000B-\\u000D\\u0085\\u2028\\u2029]+(?=\\n|$)',
    '(?<space>[\\u000B-\\u000D\\u0085\\u2028\\u2029]+)',
    `[${controls}]`,
  ].join('|'),
  'g',
);

/**
 * A text without anything that a terminal would obey; tabs and line breaks stay. There is no control character in what it
 * gives, so nested sequences can't become whole by it, and doing it again changes nothing.
 *
 * @example clean('a\u001B[2Jb') // 'ab'
 * @example clean('10 %\r20 %') // '10 % 20 %'
 */
export function clean(text: string): string {
  if (!hasControls(text)) return text;
  return text.replaceAll(commands, (...found) => ((found.at(-1) as { space?: string }).space === undefined ? '' : ' '));
}

/** A text as one line: what breaks lines becomes a space. */
export const cleanLine = (text: string): string => flat(clean(text));

/** A text without line breaks. */
export const flat = (text: string): string => (text.includes('\n') ? text.replaceAll(/[ \t]*\n\s*/g, ' ') : text);

/** How many columns a text takes; colours take none. */
export const width = (text: string): number => clean(text).length;

/**
 * JSON with each such character, which JSON itself allows but for C0, as `\u009b`: it says the same, and a terminal can
 * show it.
 */
export const escaped = (json: string): string =>
  hasControls(json)
    ? json.replaceAll(
        new RegExp(`[${controls}]`, 'g'),
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : json;
