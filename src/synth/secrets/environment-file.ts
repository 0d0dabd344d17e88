import { randomBytes } from 'node:crypto';

/** A password of 32 characters that need no quoting in a URL, a shell or YAML. */
export const makePassword = (): string => randomBytes(24).toString('base64url');

/** The value that a variable of a `.env` gets; `undefined` for what its `.env.example` says. */
export type Fill = (name: string, empty: boolean) => string | undefined;

/** Makes up the values of variables that are empty. */
export const madeUp =
  (names: ReadonlySet<string>, makeValue = makePassword): Fill =>
  (name, empty) =>
    empty && names.has(name) ? makeValue() : undefined;

/**
 * The text of a `.env` made from the text of its `.env.example`: the same lines, some of them with other values.
 *
 * @throws RangeError if a value can't be written into a `.env`
 */
export function environmentText(example: string, fill: Fill): string {
  const lines = example.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const value = name === '' ? undefined : fill(name, /^(''|"")?\s*(#.*)?$/.test(rest));
    return value === undefined ? line : `${name}=${written(name, value)}`;
  });
  return lines.join('\n');
}

/**
 * The same `.env` with other values of some variables; those that it does not have come at its end.
 *
 * @throws RangeError if a value can't be written into a `.env`
 */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  const left = new Map(values);
  const changed = environmentText(text, (name) => {
    left.delete(name);
    return values.get(name);
  });
  const more = [...left].map(([name, value]) => `${name}=${written(name, value)}\n`);
  const end = changed === '' || changed.endsWith('\n') || more.length === 0 ? '' : '\n';
  return `${changed}${end}${more.join('')}`;
}

/** A value as dotenv reads it. */
function written(name: string, value: string): string {
  if (/^[\w.~:/?@%+,=&*-]*$/.test(value)) return value;
  const quote = ["'", '`'].find((each) => !value.includes(each));
  if (quote === undefined) throw new RangeError(`the value of ${name} has every kind of quote`);
  return `${quote}${value}${quote}`;
}
