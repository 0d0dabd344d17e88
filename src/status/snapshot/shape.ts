/** What is wrong with a value, if anything is: `.spec.replicas is a string, expected a whole number`. */
export type Shape = (value: unknown) => string | undefined;

const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const leaf =
  (expected: string, holds: (value: unknown) => boolean): Shape =>
  (value) =>
    holds(value) ? undefined : ` is ${nameOf(value)}, expected ${expected}`;

export const text = leaf('a string', (value) => typeof value === 'string');
export const count = leaf('a whole number', Number.isSafeInteger);
export const flag = leaf('true or false', (value) => typeof value === 'boolean');
export const countOrText = leaf('a string or a number', (value) => typeof value === 'string' || Number.isFinite(value));
export const anything: Shape = () => undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list whose entries all have a shape. */
export const listOf =
  (each: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return ` is ${nameOf(value)}, expected a list`;
    for (let index = 0; index < value.length; index += 1) {
      const wrong = each(value[index]);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };

/** An object with any fields, whose values all have a shape. */
export const mapOf =
  (each: Shape): Shape =>
  (value) => {
    if (!isObject(value)) return ` is ${nameOf(value)}, expected an object`;
    for (const key in value) {
      const wrong = each(value[key]);
      if (wrong !== undefined) return `.${key}${wrong}`;
    }
    return undefined;
  };

/**
 * An object by its fields; those that the shape does not name are not looked at. A field that is null counts as absent and
 * becomes so, as the API server reads it: Go writes empty lists and times as null.
 *
 * @param required fields that must be there. @default none
 */
export function fieldsOf<Type extends object>(
  fields: { readonly [Field in keyof Required<Type>]: Shape },
  ...required: readonly (keyof Type & string)[]
): Shape {
  const shapes = Object.entries<Shape>(fields).map(([key, shape]) => ({
    key,
    shape,
    isRequired: (required as readonly string[]).includes(key),
  }));
  return (value) => {
    if (!isObject(value)) return ` is ${nameOf(value)}, expected an object`;
    for (const { key, shape, isRequired } of shapes) {
      if (value[key] === null) value[key] = undefined;
      if (value[key] === undefined && !isRequired) continue;
      const wrong = shape(value[key]);
      if (wrong !== undefined) return `.${key}${wrong}`;
    }
    return undefined;
  };
}
