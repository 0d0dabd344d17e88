import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SchemaFolder } from './project-text.ts';

/** Where editors find the schemas: in the repository itself, if it has them, otherwise in the installed package. */
export const schemaFolder = (root: string): SchemaFolder =>
  existsSync(join(root, 'schemas', 'project.schema.json')) ? 'schemas' : 'node_modules/repoctl/schemas';
