/** A text in which the variables of a compose file are replaced, and those of them that have no value. */
export interface Interpolated {
  readonly text: string;
  readonly unknown: readonly string[];
}

const pattern = /\$(?:(\$)|(\w+)|\{(\w+)(?:(:?[-?+])([^}]*))?\})/g;

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `$$` as compose does. What has no value becomes nothing.
 *
 * @see https://docs.docker.com/reference/compose-file/interpolation/
 */
export function interpolate(text: string, values: Readonly<Record<string, string>>): Interpolated {
  const unknown: string[] = [];
  const replaced = text.replaceAll(pattern, (_all, dollar, bare, braced, operator = '', operand = '') => {
    if (dollar) return '$';
    const name: string = bare ?? braced;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    const given = operator.startsWith(':') ? value || undefined : value;
    if (operator.endsWith('+')) return given === undefined ? '' : operand;
    if (given !== undefined) return given;
    if (operator.endsWith('-')) return operand;
    unknown.push(name);
    return '';
  });
  return { text: replaced, unknown };
}
