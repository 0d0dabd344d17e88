import type { z } from 'zod';
import { suggestion } from './nearest.ts';
import { givenText, type Problem, pathText } from './problem.ts';

/** What a schema found wrong with a file's data, as problems of that file. */
export function schemaProblems(file: string, schema: z.ZodType, data: unknown, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => issueProblems(file, schema, data, issue));
}

function issueProblems(file: string, schema: z.ZodType, data: unknown, issue: z.core.$ZodIssue): Problem[] {
  const { path } = issue;
  const field = pathText(path);
  const given = valueAt(data, path);
  const problem = (message: string, at: 'key' | 'value' = 'value', where: readonly PropertyKey[] = path): Problem => ({
    file,
    place: { path: where, at },
    message,
  });
  const prefix = field === '' ? '' : `${field}: `;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        problem(`${prefix}unknown field "${key}"; ${suggestion(key, fieldsOf(schemaAt(schema, path, data)))}`, 'key', [
          ...path,
          key,
        ]),
      );
    case 'invalid_key':
      return [problem(`${prefix}the name ${issue.issues.map(({ message }) => message).join('; ')}`, 'key')];
    case 'invalid_value': {
      const values = issue.values.map(String);
      return [problem(`${prefix}given ${givenText(given)}; ${suggestion(String(given), values)}`)];
    }
    case 'invalid_union':
      return unionProblems(file, schema, data, issue);
    case 'invalid_type': {
      if (given === undefined) {
        const about = schemaAt(schema, path, data)?.description;
        return [problem(`${prefix}required, but not given${about ? ` (${about})` : ''}`, 'key', path.slice(0, -1))];
      }
      const empty = given === null ? '; write {} or [] for an empty one, or leave the field out' : '';
      return [problem(`${prefix}expected ${typeName(issue.expected)}, given ${givenText(given)}${empty}`)];
    }
    default:
      return [problem(`${prefix}${ruleText(issue)}, given ${givenText(given)}`)];
  }
}

/** A value that fits none of several forms: the problems of the form that comes nearest, or what the forms are. */
function unionProblems(file: string, schema: z.ZodType, data: unknown, issue: z.core.$ZodIssueInvalidUnion): Problem[] {
  const { path } = issue;
  const field = pathText(path);
  const at = schemaAt(schema, path, data);
  if ('discriminator' in issue && issue.discriminator) {
    const kinds =
      (unwrap(at)?._zod.def as { options?: readonly z.ZodType[] } | undefined)?.options?.flatMap(discriminatorValues) ??
      [];
    const given = valueAt(data, [...path, 'kind']);
    const what = given === undefined ? 'kind is required, but not given' : `unknown kind ${givenText(given)}`;
    const place = {
      path: given === undefined ? path : [...path, 'kind'],
      at: given === undefined ? 'key' : 'value',
    } as const;
    return [{ file, place, message: `${field}: ${what}; ${suggestion(String(given ?? path.at(-1)), kinds)}` }];
  }
  const nested = issue.errors.filter((issues) => !issues.some((each) => each.path.length === 0 && isOtherForm(each)));
  if (nested.length === 1 && nested[0]) {
    return nested[0].flatMap((each) =>
      issueProblems(file, schema, data, { ...each, path: [...path, ...each.path] } as z.core.$ZodIssue),
    );
  }
  const forms = at?.description ?? issue.errors.flatMap((issues) => issues.map(({ message }) => message)).join(' or ');
  return [
    { file, place: { path, at: 'value' }, message: `${field}: given ${givenText(valueAt(data, path))}; ${forms}` },
  ];
}

const isOtherForm = ({ code }: z.core.$ZodIssue) =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'unrecognized_keys';

const discriminatorValues = (option: z.ZodType): string[] => {
  const kind = (option as z.ZodObject).shape.kind as z.ZodLiteral | undefined;
  return kind ? [...kind.values].map(String) : [];
};

const typeNames: Readonly<Record<string, string>> = {
  record: 'a map',
  object: 'a map',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
};
const typeName = (expected: string) => typeNames[expected] ?? expected;

function ruleText(issue: z.core.$ZodIssue): string {
  const plain = /^(Too|Invalid)/.test(issue.message);
  if (!plain) return issue.message;
  if (issue.code === 'too_small')
    return issue.origin === 'number' || issue.origin === 'int'
      ? `must be at least ${issue.minimum}`
      : 'must not be empty';
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message.replace(/^Invalid/, 'must be a valid').replace('input: ', '');
}

/** The value that stands at a path of keys. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}

/** The part of a schema for a path of keys; alternatives are told apart by the data. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[], data: unknown): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema;
  let value = data;
  for (const key of path) {
    current = member(unwrap(current), key, value);
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  }
  return chosen(current, value);
}

function member(schema: z.ZodType | undefined, key: PropertyKey, data: unknown): z.ZodType | undefined {
  const def = chosen(schema, data)?._zod.def as Partial<Record<string, unknown>> | undefined;
  const shape = def?.shape as Record<PropertyKey, z.ZodType> | undefined;
  return shape?.[key] ?? ((def?.catchall ?? def?.valueType ?? def?.element) as z.ZodType | undefined);
}

/** The alternative of a discriminated union that the data is meant to be, and of `false` or a map the map. */
function chosen(schema: z.ZodType | undefined, data: unknown): z.ZodType | undefined {
  const inner = unwrap(schema);
  const options = (inner?._zod.def as { options?: readonly z.ZodType[] } | undefined)?.options;
  if (!options) return inner ?? schema;
  const kind = (data as { kind?: unknown } | undefined)?.kind;
  const objects = options.filter((option) => (option._zod.def as { type: string }).type === 'object');
  return (
    objects.find((option) => discriminatorValues(option).includes(String(kind))) ??
    (objects.length === 1 ? objects[0] : schema)
  );
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let current = schema;
  for (;;) {
    const def = current?._zod.def as { innerType?: z.ZodType; in?: z.ZodType } | undefined;
    const inner = def?.innerType ?? def?.in;
    if (!inner) return current;
    current = inner;
  }
}

const fieldsOf = (schema: z.ZodType | undefined): string[] => {
  const def = unwrap(schema)?._zod.def as { shape?: object } | undefined;
  return Object.keys(def?.shape ?? {});
};
