import { globalKinds } from '../../charts/kinds.ts';
import { schemaLine } from './project-text.ts';

/** Services of the global tier that a new environment leaves out, by their field under `global`. */
export type LeftOut = readonly string[];

/** The fields of what nothing needs: services that no project uses, and the tools that show them. */
export function leftOut(used: ReadonlySet<string>): string[] {
  return Object.entries(globalKinds)
    .filter(([, { enabled }]) => enabled)
    .filter(([kind, { companionOf }]) => !used.has(companionOf ?? kind))
    .map(([, { field }]) => field);
}

/** The text of `repoctl.yaml`. */
export function environmentYaml(name: string, projects: readonly string[], out: LeftOut, schemas: string): string {
  return [
    schemaLine(`./${schemas}/repoctl.schema.json`).trimEnd(),
    `name: ${name}`,
    `projects: [${projects.map((pattern) => (/^[\w/.-]+$/.test(pattern) ? pattern : `"${pattern}"`)).join(', ')}]`,
    ...(out.length === 0 ? [] : ['', '# No project uses these. Take a line out to have it.', 'global:']),
    ...out.map((field) => `  ${field}: false`),
    '',
    '# For real clusters: repoctl synth --profile production',
    '# profiles:',
    '#   production:',
    '#     images: { registry: registry.example.com/team, tag: 1.0.0 }',
    '',
  ].join('\n');
}

/** The text of the root's `.env.example`: what the services of the global tier are made from. */
export function environmentExample(name: string, out: LeftOut): string {
  const keys = Object.entries(globalKinds)
    .filter(([, { field, enabled }]) => enabled && !out.includes(field))
    .flatMap(([kind, { field, schema, secrets }]) => {
      const owner = { environment: name, tier: 'global' } as const;
      const service = {
        name: kind,
        kind,
        scope: name,
        namespace: name,
        object: `${name}-${field}`,
        owner,
        settings: schema.parse({}),
      };
      return secrets(service, []).flatMap((secret) => secret.keys);
    })
    .filter(({ owner }) => owner === name);
  // A name to log in with is easier to remember than one that is made up.
  const lines = [...new Set(keys.map(({ variable }) => variable))].map(
    (variable) => `${variable}=${variable.endsWith('_USER') ? name : ''}\n`,
  );
  return `# The global tier. .env is made from this file, with passwords that are made up; it stays on your machine.\n${lines.join('')}`;
}
