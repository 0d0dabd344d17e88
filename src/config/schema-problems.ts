import type { z } from 'zod';
import { didYouMean, nearest, suggestion } from '../platform/nearest.ts';
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
      return [problem(`${prefix}the name ${givenText(path.at(-1))} ${issue.issues.map(ruleText).join('; ')}`, 'key')];
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
      return [problem(`${prefix}${expectation([issue.expected], given)}`)];
    }
    default:
      return [problem(`${prefix}${ruleText(issue)}${given === undefined ? '' : `, given ${givenText(given)}`}`)];
  }
}

/** A value that fits none of several forms: the problems of the form that comes nearest, or what the forms are. */
function unionProblems(file: string, schema: z.ZodType, data: unknown, issue: z.core.$ZodIssueInvalidUnion): Problem[] {
  const { path } = issue;
  if ('discriminator' in issue && issue.discriminator)
    return [kindProblem(file, 'options' in issue ? (issue.options ?? []) : [], data, path)];
  const nested = issue.errors.filter((issues) => !issues.some((each) => each.path.length === 0 && isOtherForm(each)));
  if (nested.length === 1 && nested[0]) {
    return nested[0].flatMap((each) =>
      issueProblems(file, schema, data, { ...each, path: [...path, ...each.path] } as z.core.$ZodIssue),
    );
  }
  const given = valueAt(data, path);
  const { description, options } = alternatives(declaredAt(schema, path, data).schema);
  const prefix = `${pathText(path)}: `;
  if (given === undefined) {
    const place = { path: path.slice(0, -1), at: 'key' } as const;
    return [{ file, place, message: `${prefix}required, but not given${description && ` (${description})`}` }];
  }
  const types = options.map((option) => unwrap(option)?._zod.def.type.replace('literal', 'false') ?? '');
  const known = options.flatMap(fieldsOf);
  const fields = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const unknown = fields.filter((field) => !known.includes(field));
  const near = unknown.map((field) => didYouMean(field, known)).find(Boolean) ?? '';
  const message = description ? `given ${givenText(given)}; allowed: ${description}${near}` : expectation(types, given);
  return [{ file, place: { path, at: 'value' }, message: prefix + message }];
}

/** The entry at a path of keys that ends with the field which tells forms apart (`kind`), which is missing or unknown. */
function kindProblem(file: string, kinds: readonly unknown[], data: unknown, path: readonly PropertyKey[]): Problem {
  const entry = path.slice(0, -1);
  const by = String(path.at(-1));
  const given = valueAt(data, path);
  const names = kinds.map(String);
  if (given !== undefined && given !== null) {
    const message = `${pathText(path)}: unknown ${by} ${givenText(given)}; ${suggestion(String(given), names)}`;
    return { file, place: { path, at: 'value' }, message };
  }
  const fields = Object.keys(valueAt(data, entry) as object);
  const misspelt = fields.find((field) => field !== by && nearest(field, [by]));
  if (misspelt !== undefined) {
    const message = `${pathText(entry)}: unknown field "${misspelt}"; did you mean "${by}"?`;
    return { file, place: { path: [...entry, misspelt], at: 'key' }, message };
  }
  const message = `${pathText(entry)}: ${by} is required, but not given; ${suggestion(String(entry.at(-1)), names)}`;
  return { file, place: { path, at: 'key' }, message };
}

const isOtherForm = ({ code }: z.core.$ZodIssue) =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'unrecognized_keys';

/** The alternatives of a schema, and what it says of them where it stands by itself. */
function alternatives(schema: z.ZodType | undefined): { description: string; options: readonly z.ZodType[] } {
  const inner = unwrap(schema);
  const { options = [] } = (inner?._zod.def ?? {}) as { options?: readonly z.ZodType[] };
  const description = inner?.description ?? '';
  return { description: description.replace(/^One of/, 'one of').replace(/\.$/, ''), options };
}

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

/** What type a value should have, what was given, and what to do about it. */
function expectation(types: readonly string[], given: unknown): string {
  const names = types.map((type) => typeNames[type] ?? type);
  const expected = [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' or ');
  const [empty] = types.flatMap((type) =>
    type === 'array' ? '[]' : type === 'record' || type === 'object' ? '{}' : [],
  );
  let advice = '';
  if (given === null) advice = `; ${empty ? `write ${empty} for an empty one` : 'give one'}, or leave the field out`;
  else if (types.length === 1 && types[0] === 'string' && typeof given !== 'object') advice = '; put it in quotes';
  return `expected ${expected}, given ${givenText(given)}${advice}`;
}

/** A rule that a value broke, in words; zod's own words are only left where a schema gives none. */
function ruleText(issue: z.core.$ZodIssue): string {
  const plain = /^(Too|Invalid)/.test(issue.message);
  if (!plain) return issue.message;
  if (issue.code === 'too_small') {
    if (issue.origin !== 'number' && issue.origin !== 'int') return 'must not be empty';
    return issue.inclusive ? `must be at least ${issue.minimum}` : `must be above ${issue.minimum}`;
  }
  if (issue.code === 'too_big')
    return issue.origin === 'string'
      ? `must have at most ${issue.maximum} characters`
      : `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_format' && issue.format === 'regex') return `must match ${issue.pattern}`;
  return issue.message.replace(/^Invalid/, 'must be a valid').replace('input: ', '');
}

/** The value that stands at a path of keys. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}

/** The part of a schema for a path of keys; alternatives are told apart by the data. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[], data: unknown): z.ZodType | undefined {
  const declared = declaredAt(schema, path, data);
  return chosen(declared.schema, declared.value);
}

/** The same with all its alternatives, and the value. */
function declaredAt(schema: z.ZodType, path: readonly PropertyKey[], data: unknown) {
  let current: z.ZodType | undefined = schema;
  let value = data;
  for (const key of path) {
    current = member(unwrap(current), key, value);
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  }
  return { schema: current, value };
}

function member(schema: z.ZodType | undefined, key: PropertyKey, data: unknown): z.ZodType | undefined {
  const def = chosen(schema, data)?._zod.def as Partial<Record<string, unknown>> | undefined;
  const shape = def?.shape as Record<PropertyKey, z.ZodType> | undefined;
  const field = shape && Object.hasOwn(shape, key) ? shape[key] : undefined;
  return field ?? ((def?.catchall ?? def?.valueType ?? def?.element) as z.ZodType | undefined);
}

/** The alternative that the data is meant to be: by its kind, or else by the fields that it has. */
function chosen(schema: z.ZodType | undefined, data: unknown): z.ZodType | undefined {
  const inner = unwrap(schema);
  const options = (inner?._zod.def as { options?: readonly z.ZodType[] } | undefined)?.options;
  if (!options) return inner ?? schema;
  const kind = (data as { kind?: unknown } | undefined)?.kind;
  const objects = options.filter((option) => (option._zod.def as { type: string }).type === 'object');
  const given = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  return (
    objects.find((option) => discriminatorValues(option).includes(String(kind))) ??
    (objects.length === 1
      ? objects[0]
      : objects.find((option) => fieldsOf(option).some((field) => given.includes(field)))) ??
    schema
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
