import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Environment } from '../../charts/model.ts';
import { load, outline } from '../config/load.ts';
import { environmentFile } from '../config/root.ts';
import { UsageError } from '../platform/errors.ts';
import type { Ask } from '../platform/terminal/ask.ts';
import { checkWritten, clashes, type ProposedFile, writeFiles } from './files.ts';
import { takeFree, takenDatabases, takenHostPorts } from './free.ts';
import { gitIgnoreLines } from './git-ignore.ts';
import { leadsTo } from './patterns.ts';
import { calledProject, checkProjectName } from './project-name.ts';
import { projectSchemaPath } from './project-text.ts';
import { schemaFolder } from './schemas.ts';
import { type Fillings, fill, projectTemplate, projectTemplates, templateFiles } from './templates.ts';
import { workspaceFile } from './workspace.ts';

export interface InitProjectOptions {
  /** Name of the template. @default it is asked for */
  readonly template?: string;
  /** The project's folder, relative to the root. @default NAME in the first folder of projects, `backends/` */
  readonly dir?: string;
  /** Asks which template; none where nobody could answer. */
  readonly ask?: Ask;
}

export interface NewProject {
  readonly name: string;
  readonly directory: string;
  readonly files: readonly ProposedFile[];
  /** How to see that it works, once it has been started. */
  readonly tryOut: readonly string[];
}

/**
 * The files of a new project from a template.
 *
 * @param root the folder with `repoctl.yaml`
 * @param given its name, or its folder: `quotes`, `svc-quotes`, `backends/new_quotes`
 * @throws UsageError if its name, its folder or its template can't be, or if it would overwrite something
 * @throws ConfigurationError if the configuration is wrong already
 */
export async function newProject(root: string, given: string, options: InitProjectOptions): Promise<NewProject> {
  const { environment } = load(root, { profile: 'local', environmentFilesOf: [] });
  const { name, folder, directory: called } = calledProject(given);
  if (called !== undefined && options.dir !== undefined)
    throw new UsageError(
      `${given} is a folder, and --dir is another one`,
      `repoctl infra init ${name} --dir ${options.dir}`,
    );
  checkProjectName(name, environment);
  const directory = projectFolder(folder, outline(root).input.projects, called ?? options.dir);
  const template = options.template ?? (await askTemplate(options.ask));
  const { ports, uses, tryOut } = projectTemplate(template);
  requireServices(environment, template, uses);

  const hostPorts = takenHostPorts(environment);
  const fillings: Fillings = {
    name,
    schema: projectSchemaPath(directory, schemaFolder(root)),
    database: takeFree(takenDatabases(environment), 0),
    ...Object.fromEntries(Object.entries(ports).map(([port, from]) => [port, takeFree(hostPorts, from)])),
  };
  const [own, description] = partition(templateFiles(`projects/${template}`, directory, fillings), ({ path }) =>
    path.endsWith('/infra/project.yaml'),
  );
  // The project's file comes last: it makes the folder a project.
  const files = [...own, workspaceFile(name, directory), ...ignoreLines(root), ...description];
  const there = clashes(root, files);
  if (there.length > 0)
    throw new UsageError(
      `${there.join(', ')}: ${there.length === 1 ? 'is' : 'are'} there already; nothing was written`,
      'choose another name or --dir, or move the existing files',
    );
  return { name, directory, files, tryOut: tryOut.map((line) => fill(line, fillings)) };
}

/** Writes a new project's files, and checks the configuration with it. */
export function writeProject(root: string, { files }: NewProject): void {
  writeFiles(root, files);
  checkWritten(root);
}

const templateNames = () => Object.keys(projectTemplates);

async function askTemplate(ask: Ask | undefined): Promise<string> {
  const names = templateNames();
  if (!ask) throw new UsageError('--template is required', `there are: ${names.join(', ')}`);
  const lines = names.map((name, index) => `  ${index + 1}  ${name.padEnd(14)}${projectTemplates[name]?.summary}\n`);
  const answer = await ask(`${lines.join('')}Which template, 1 to ${names.length}? `);
  return names[Number(answer) - 1] ?? answer;
}

/** The folder of a new project; one that `projects` of repoctl.yaml leads to. */
function projectFolder(name: string, patterns: readonly string[], given: string | undefined): string {
  const parent =
    patterns.find((pattern) => leadsTo(pattern, `backends/${name}`)) ??
    patterns.find((pattern) => /^[^*]+\/\*$/.test(pattern));
  const directory = posix
    .normalize(given ?? (parent?.endsWith('/*') ? parent.replace('*', name) : `backends/${name}`))
    .replace(/\/$/, '');
  const advice = `choose a --dir that they lead to, or add it to projects in ${environmentFile}`;
  if (!/^[^\s\\]+$/.test(directory))
    throw new UsageError(`--dir: "${given}" must be a path with / and without spaces`, `for instance backends/${name}`);
  if (!patterns.some((pattern) => leadsTo(pattern, directory)))
    throw new UsageError(
      `${directory} matches none of the projects in ${environmentFile}: ${patterns.join(', ')}`,
      advice,
    );
  return directory;
}

function requireServices(environment: Environment, template: string, uses: readonly string[]): void {
  const missing = uses.find((kind) => !environment.services.some((service) => service.kind === kind));
  if (missing !== undefined)
    throw new UsageError(
      `the template ${template} uses ${missing}, which the environment does not have`,
      `remove "${missing}: false" from global in ${environmentFile}, and add what it needs to .env.example`,
    );
}

function ignoreLines(root: string): ProposedFile[] {
  const path = join(root, '.gitignore');
  return gitIgnoreLines(existsSync(path) ? readFileSync(path, 'utf8') : undefined, ['.env', 'backups/']);
}

function partition<T>(all: readonly T[], isLast: (each: T) => boolean): [T[], T[]] {
  return [all.filter((each) => !isLast(each)), all.filter(isLast)];
}
