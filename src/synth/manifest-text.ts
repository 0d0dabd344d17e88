import type { ManifestObject } from '../../charts/common/manifest-object.ts';

/**
 * Objects as a YAML stream: block style, two spaces, keys in the order of the objects.
 *
 * Libraries take longer to print a large environment than everything else takes together, since they print any YAML;
 * this prints JSON's kinds of values only. A text is left plain where no version of YAML could read it as anything else,
 * a script becomes a block, and all other texts are quoted as in JSON, which YAML understands.
 */
export const manifestText = (objects: readonly ManifestObject[]): string =>
  objects.map((object) => mapText(object, '')).join('---\n');

// Begins with a letter, so that it is no number, date or operator, and holds no ": ", " #" or flow indicator.
const plain = /^[A-Za-z/](?:[\w./@$()=+%*;?!~^-]|:(?=[\w./@$(-])| (?=[\w./@$(=+%-]))*$/;
const words = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const longestWord = 'false'.length;
// Lines of printable characters, the first not indented, none ending in a space, with one line break at the end or none.
const block = /^(?![ \n])(?:[^\S\n]*[!-~](?:[ -~]*[!-~])?\n|\n)*[^\S\n]*[!-~](?:[ -~]*[!-~])?\n?$/;

function scalarText(value: unknown, indent: string): string {
  return typeof value === 'string' ? stringText(value, indent) : JSON.stringify(value);
}

function stringText(value: string, indent: string): string {
  if (plain.test(value) && (value.length > longestWord || !words.test(value))) return value;
  if (value.includes('\n') && !value.includes('\t') && block.test(value)) {
    const lines = value.endsWith('\n') ? value.slice(0, -1) : value;
    const head = value.endsWith('\n') ? '|' : '|-';
    return `${head}\n${lines.replaceAll(/^(?=.)/gm, indent)}`;
  }
  return JSON.stringify(value);
}

/** How the names of fields are printed, of which the same few hundred stand in all objects. */
const names = new Map<string, string>();

function nameText(name: string): string {
  let text = names.get(name);
  if (text === undefined) {
    text = stringText(name, '');
    names.set(name, text);
  }
  return text;
}

/** The lines of a map, each with a line break. The first is not indented if it goes on after a "- ". */
function mapText(map: object, indent: string, firstIndent = indent): string {
  let text = '';
  // An array of its entries would take as long as their texts.
  for (const key in map) {
    const value = map[key as keyof typeof map] as unknown;
    if (value === undefined) continue;
    text += `${text === '' ? firstIndent : indent}${nameText(key)}:${valueText(value, indent)}`;
  }
  return text;
}

function valueText(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${listText(value, `${indent}  `)}`;
  if (isMap(value)) {
    const text = mapText(value, `${indent}  `);
    return text === '' ? ' {}\n' : `\n${text}`;
  }
  return ` ${scalarText(value, `${indent}  `)}\n`;
}

function listText(items: readonly unknown[], indent: string): string {
  let text = '';
  for (const item of items) {
    const inner = `${indent}  `;
    if (Array.isArray(item)) text += item.length === 0 ? `${indent}- []\n` : `${indent}-\n${listText(item, inner)}`;
    else if (isMap(item)) text += `${indent}- ${mapText(item, inner, '') || '{}\n'}`;
    else text += `${indent}- ${scalarText(item, inner)}\n`;
  }
  return text;
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null;
