import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import type { ProposedFile } from './files.ts';

/** What the texts of a template leave open, by name: `{{name}}`. */
export type Fillings = Readonly<Record<string, string | number>>;

/** A template of a project: `templates/projects/NAME/`. */
export interface ProjectTemplate {
  readonly summary: string;
  /** Services of the global tier that it uses. */
  readonly uses: readonly string[];
  /** Host ports that it needs, by what they are called in its texts, each with the first number that is tried. */
  readonly ports: Readonly<Record<string, number>>;
  /** How to see that it works, line by line; `{{port}}` and so on as in its files. */
  readonly tryOut: readonly string[];
}

const openPorts = 'repoctl infra project forward {{name}}   # opens its ports until Ctrl-C; then, elsewhere:';

export const projectTemplates: Readonly<Record<string, ProjectTemplate>> = {
  'python-celery': {
    summary: 'Python: an HTTP API that queues tasks, and Celery workers that run them',
    uses: ['redis'],
    ports: { port: 18000 },
    tryOut: [openPorts, "curl -X POST 'http://localhost:{{port}}/add?x=1&y=2'"],
  },
  fastapi: {
    summary: 'Python: a FastAPI API with a PostgreSQL database',
    uses: [],
    ports: { port: 18000, postgresPort: 15432 },
    tryOut: [openPorts, 'curl http://localhost:{{port}}/notes'],
  },
  'go-worker': {
    summary: 'Go: workers that share the messages of a Redis stream',
    uses: ['redis'],
    ports: {},
    tryOut: ['repoctl infra project logs {{name}}'],
  },
  node: {
    summary: 'Node.js: a small HTTP server without a framework',
    uses: [],
    ports: { port: 13000 },
    tryOut: [openPorts, 'curl http://localhost:{{port}}/'],
  },
};

/**
 * The template of that name.
 *
 * @throws UsageError if there is none
 */
export function projectTemplate(name: string): ProjectTemplate {
  const names = Object.keys(projectTemplates);
  const template = names.includes(name) ? projectTemplates[name] : undefined;
  if (!template) throw new UsageError(`there is no template "${name}"; ${suggestion(name, names)}`);
  return template;
}

/** The files of a template's folder, below a folder of the repository. */
export function templateFiles(template: string, directory: string, fillings: Fillings): ProposedFile[] {
  const folder = join(templatesFolder(), template);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  return names.sort().map((name) => ({
    path: directory === '' ? name : `${directory}/${name}`,
    text: fill(readFileSync(join(folder, name), 'utf8'), fillings),
  }));
}

/**
 * A text with what it leaves open filled in.
 *
 * @throws TypeError if there is nothing for a place of the text
 */
export function fill(text: string, fillings: Fillings): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_place, name: string) => {
    const filling = fillings[name];
    if (filling === undefined) throw new TypeError(`nothing to fill {{${name}}} with`);
    return String(filling);
  });
}

/** The package's own `templates/`: above this file, which may be part of the bundle. */
function templatesFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'templates');
    if (existsSync(join(folder, 'package.json')) && existsSync(found)) return found;
  }
  throw new Error(`the package's templates are missing above ${import.meta.dirname}`);
}
