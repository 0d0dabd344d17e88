import { globalKinds, serviceKinds, workloadKinds } from '../charts/kinds.ts';
import { environmentJsonSchema, type JsonSchema, projectJsonSchema } from './json-schemas.ts';

/** The configuration reference, as Markdown. */
export function configurationReference(): string {
  const environment = environmentJsonSchema();
  const project = projectJsonSchema();
  const { global, profiles, ...environmentFields } = environment.properties ?? {};
  const { services, workloads, images, uses, profiles: overrides, ...projectFields } = project.properties ?? {};
  const named = services?.properties ?? {};
  const anyService = services?.additionalProperties as JsonSchema;
  const anyWorkload = workloads?.additionalProperties as JsonSchema;
  return [
    '# Configuration reference',
    '',
    'Made from the schemas by `npm run generate`; editors get the same from `schemas/`.',
    '',
    'A field that is not listed is an error. Types are those of YAML; "quantity" is a Kubernetes quantity such as `100m`',
    'or `64Mi`. **Required** fields have no default.',
    '',
    '## repoctl.yaml: the environment',
    '',
    ...table({ ...environment, properties: environmentFields }),
    ...Object.values(globalKinds).flatMap(({ field }) => section(`global.${field}`, 3, global?.properties?.[field])),
    '### global.services.NAME',
    '',
    `${global?.properties?.services?.description} The fields are those of a project's [services](#servicesname).`,
    '',
    ...section('profiles.NAME', 3, profiles?.additionalProperties as JsonSchema, profiles?.description),
    '## infra/project.yaml: a project',
    '',
    ...table({ ...project, properties: projectFields }),
    ...section('images.NAME', 3, images?.additionalProperties as JsonSchema, images?.description),
    ...section('uses', 3, uses),
    '### services.NAME',
    '',
    services?.description ?? '',
    '',
    ...Object.keys(serviceKinds).flatMap((kind) =>
      section(`kind: ${kind}`, 4, named[kind] ?? ofKind(anyService, kind)),
    ),
    '### workloads.NAME',
    '',
    workloads?.description ?? '',
    '',
    ...Object.keys(workloadKinds).flatMap((kind) =>
      section(`kind: ${kind}`, 4, ofKind(anyWorkload, kind), workloadKinds[kind]?.summary),
    ),
    ...section('profiles.NAME', 3, overrides?.additionalProperties as JsonSchema, overrides?.description),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const ofKind = (schema: JsonSchema, kind: string): JsonSchema | undefined =>
  (schema.oneOf ?? schema.anyOf)?.find((option) => option.properties?.kind?.const === kind);

function section(title: string, level: number, given: JsonSchema | undefined, summary?: string): string[] {
  if (!given) return [];
  const schema = given.anyOf?.find(({ type }) => type === 'object') ?? given;
  const about = summary ?? given.description ?? schema.properties?.kind?.description ?? '';
  return [`${'#'.repeat(level)} ${title}`, '', about, '', ...table(schema)];
}

function table(schema: JsonSchema): string[] {
  const rows = fields(schema, '');
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows, ''];
}

/** A row for each field, those of nested maps too. */
function fields(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (name === 'kind') return [];
    const path = `${prefix}${name}`;
    const nested = field.properties ? fields(field, `${path}.`) : (itemFields(field, `${path}[].`) ?? []);
    if (field.properties && nested.length > 0 && !field.description) return nested;
    const required = schema.required?.includes(name);
    const preset = required ? '**required**' : presetText(field);
    return [`| \`${path}\` | ${typeText(field)} | ${preset} | ${cell(field.description ?? '')} |`, ...nested];
  });
}

const itemFields = (field: JsonSchema, prefix: string): string[] | undefined =>
  field.items?.properties ? fields(field.items, prefix) : undefined;

function presetText({ default: preset, type }: JsonSchema): string {
  if (preset === undefined || (type === 'object' && Object.keys(preset as object).length === 0)) return '';
  return `\`${JSON.stringify(preset)}\``;
}

const quantity = /Ki\|M\|Mi/;

function typeText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeText))].join(' or ');
  if (schema.pattern && quantity.test(schema.pattern)) return 'quantity';
  if (schema.type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'values'}`;
  if (schema.type === 'object') {
    const values = schema.additionalProperties;
    return typeof values === 'object' && values.type !== 'object' && !values.oneOf
      ? `map of ${typeText(values)}`
      : 'map';
  }
  if (schema.type === 'integer' && schema.minimum !== undefined) return `integer, ${range(schema)}`;
  return [schema.type ?? 'value'].flat().join(' or ');
}

const range = ({ minimum, maximum }: JsonSchema): string =>
  maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
