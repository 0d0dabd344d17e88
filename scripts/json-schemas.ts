import { z } from 'zod';
import { environmentSchema } from '../src/config/environment-schema.ts';
import { projectSchema } from '../src/config/project-schema.ts';
import { statusSchema } from '../src/status/report/schema.ts';

/** A JSON Schema as data. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** @param reused whether parts that stand in several places are written out in each, or once, referred to */
const toJsonSchema = (schema: z.ZodType, title: string, reused: 'inline' | 'ref' = 'inline'): JsonSchema => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused }) as Record<
    string,
    unknown
  >;
  return { $schema, title, ...rest } as JsonSchema;
};

/** What editors need to complete and check `repoctl.yaml`. */
export const environmentJsonSchema = (): JsonSchema => toJsonSchema(environmentSchema, 'repoctl.yaml');

/** What editors need to complete and check `infra/project.yaml`. */
export const projectJsonSchema = (reused?: 'ref'): JsonSchema =>
  toJsonSchema(projectSchema, 'repoctl: infra/project.yaml', reused);

/** What those need that read what `repoctl status -o json` prints. */
export const statusJsonSchema = (): JsonSchema => toJsonSchema(statusSchema, 'repoctl status -o json');
