import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import { environmentText, madeUp } from '../synth/secrets/environment-file.ts';
import type { ProposedProject } from './compose-project.ts';
import type { ProposedFile } from './files.ts';
import { declaredServices, externalVariables, generatedVariables } from './project-data.ts';

/** Where editors find the schemas, from the repository's root. */
export type SchemaFolder = string;

/** The first line of a YAML file by which editors know its schema. */
export const schemaLine = (path: string): string => `# yaml-language-server: $schema=${path}\n`;

/** The path of the project files' schema from a project's folder. */
export const projectSchemaPath = (directory: string, schemas: SchemaFolder): string =>
  `${'../'.repeat(directory.split('/').length + 1)}${schemas}/project.schema.json`;

/**
 * The files of a proposed project; `project.yaml` comes last, since it makes the folder a project.
 *
 * @param environment name of the environment
 */
export function projectFiles(project: ProposedProject, environment: string, schemas: SchemaFolder): ProposedFile[] {
  const { directory, data, secrets } = project;
  const declared = declaredServices(environment, data);
  const generated = generatedVariables(data.name, declared);
  const example = exampleText(generated, [...secrets.keys()], externalVariables(declared));
  const known = [...secrets.values()].every((value) => value !== undefined);
  const local: ProposedFile[] =
    secrets.size > 0 && known
      ? [{ path: `${directory}/infra/.env`, text: localText(example, generated, secrets), secret: true }]
      : [];
  return [
    { path: `${directory}/infra/.env.example`, text: example },
    ...local,
    { path: `${directory}/infra/project.yaml`, text: projectText(project, projectSchemaPath(directory, schemas)) },
  ];
}

function exampleText(generated: readonly string[], own: readonly string[], external: readonly string[]): string {
  const lines = (names: readonly string[]) => names.map((name) => `${name}=\n`).join('');
  return (
    '# Secrets of this project, one a line: NAME=. .env is made from this file when the project is started;\n' +
    '# it stays on your machine.\n' +
    (generated.length > 0 ? `\n# Passwords of its services: made up for you.\n${lines(generated)}` : '') +
    (own.length > 0 ? `\n# Its own: environment variables of all its workloads.\n${lines(own)}` : '') +
    (external.length > 0 ? `\n# Managed services, for the external profile.\n${lines(external)}` : '')
  );
}

function localText(
  example: string,
  generated: readonly string[],
  own: ReadonlyMap<string, string | undefined>,
): string {
  return environmentText(example, madeUp(new Set(generated))).replaceAll(/^(\w+)=$/gm, (line, name: string) => {
    const value = own.get(name);
    return value === undefined ? line : `${name}=${quoted(value)}`;
  });
}

/** A value as a `.env` file holds it. */
function quoted(value: string): string {
  if (/^[\w@%+:,./=-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each)) ?? "'";
  return `${quote}${value}${quote}`;
}

function projectText({ data, notes, from }: ProposedProject, schema: string): string {
  const document = new Document(data);
  visit(document, {
    // Lists and maps of a few short values stand in a line.
    Collection(_key, node, path) {
      const plain = (node.items as unknown[]).every((item) =>
        isScalar((item as { value?: unknown }).value ?? item) ? true : isScalar(item),
      );
      const inside = path.length > 3;
      if ((isSeq(node) && plain) || (isMap(node) && plain && inside && node.items.length <= 2)) node.flow = true;
    },
  });
  const head =
    notes.length === 0
      ? `# Made from ${from}.`
      : `# Made from ${from}. What is different, or could not be carried over:`;
  const lines = [head, ...notes.map((note) => `# - ${note.replaceAll(/\s*\n\s*/g, ' ')}`)];
  const body = document.toString({ lineWidth: 110 }).replaceAll(/: \[ (.*) \]$/gm, ': [$1]');
  return `${schemaLine(schema)}${lines.join('\n')}\n${body.replaceAll(/\n(?=(images|uses|services|workloads):)/g, '\n\n')}`;
}
