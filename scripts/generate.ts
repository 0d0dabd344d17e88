// Writes what is made from the schemas and the commands: schemas/*.schema.json for editors and pages of docs/ for people.
// --check writes nothing and fails if a file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandReference } from './command-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { environmentJsonSchema, projectJsonSchema, statusJsonSchema } from './json-schemas.ts';

const root = join(import.meta.dirname, '..');
const json = (schema: unknown) => `${JSON.stringify(schema, null, 2)}\n`;

const files: Readonly<Record<string, string>> = {
  'schemas/repoctl.schema.json': json(environmentJsonSchema()),
  'schemas/project.schema.json': json(projectJsonSchema('ref')),
  'schemas/status.schema.json': json(statusJsonSchema()),
  'docs/configuration.md': configurationReference(),
  'docs/commands.md': commandReference(),
};

const read = (path: string) => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
};
const stale = Object.entries(files).filter(([path, text]) => read(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is out of date: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    writeFileSync(join(root, path), text);
    console.error(`wrote ${path}`);
  }
}
