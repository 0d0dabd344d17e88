import { randomBytes } from 'node:crypto';

/** A password of 32 characters that need no quoting in a URL, a shell or YAML. */
export const makePassword = (): string => randomBytes(24).toString('base64url');

/**
 * The text of a `.env` made from the text of its `.env.example`: the same lines, with a value for each variable that is
 * empty there and may be made up.
 *
 * @param generated names of the variables that may be made up
 */
export function environmentText(example: string, generated: ReadonlySet<string>, makeValue = makePassword): string {
  const lines = example.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    const empty = /^(''|"")?\s*(#.*)?$/.test(rest);
    return generated.has(name) && empty ? `${name}=${makeValue()}` : line;
  });
  return lines.join('\n');
}
