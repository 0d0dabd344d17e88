import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { globalKinds } from '../../charts/kinds.ts';
import type { Environment } from '../../charts/model.ts';
import { load, outline } from '../config/load.ts';
import { environmentFile } from '../config/root.ts';
import { composeFiles, proposeProjects } from './compose.ts';
import { readComposeFile } from './compose-file.ts';
import type { ProposedProject } from './compose-project.ts';
import { freeName, type Taken } from './compose-services.ts';
import { environmentExample, environmentYaml, leftOut } from './environment-text.ts';
import { checkWritten, clashes, lacking, type ProposedFile, writeFiles } from './files.ts';
import { folderProject, foldersWithDockerfile } from './folder-project.ts';
import { takenDatabases, takenHostPorts } from './free.ts';
import { gitIgnoreLines } from './git-ignore.ts';
import { leadsTo } from './patterns.ts';
import { asName, isReserved } from './project-name.ts';
import { projectFiles } from './project-text.ts';
import { schemaFolder } from './schemas.ts';
import { type Source, sourceOf } from './source.ts';
import { templateFiles } from './templates.ts';
import { workspaceFile } from './workspace.ts';

/** What `repoctl init` would write. */
export interface NewRepository {
  /** Name of the environment. */
  readonly name: string;
  readonly files: readonly ProposedFile[];
  /** Files that are there already, and stay as they are. */
  readonly kept: readonly string[];
  readonly projects: readonly ProposedProject[];
  /** What could not be carried over, as sentences. */
  readonly notes: readonly string[];
}

const defaultPatterns = ['backends/*', 'apps/*'];

/**
 * What a repository lacks: the environment's files, and a project for each thing in it that is recognised.
 *
 * @param root its folder
 * @throws ConfigurationError if there is a configuration or a compose file, and it is wrong
 */
export function newRepository(root: string): NewRepository {
  const source = sourceOf(root);
  const there = existsSync(join(root, environmentFile)) ? load(root, { profile: 'local' }).environment : undefined;
  const name = there?.name ?? environmentName(root);
  const { projects, notes } = recognise(root, source, name, there);
  const schemas = schemaFolder(root);

  const proposed = projects.length > 0 || there ? usedKinds(projects) : new Set(Object.keys(globalKinds));
  const out = leftOut(proposed);
  const extra = projects.map(({ directory }) => `${directory.split('/')[0]}/*`);
  const patterns = [...new Set([...defaultPatterns, ...extra])];
  const wanted: ProposedFile[] = [
    ...templateFiles('repository', '', { name }),
    ...(there ? [] : [{ path: '.env.example', text: environmentExample(name, out) }]),
    ...gitIgnoreLines(source.text('.gitignore'), ['dist/', '.env', 'backups/', 'node_modules/', 'tilt_config.json']),
    ...projects.flatMap((project) => [
      ...projectFiles(project, name, schemas),
      workspaceFile(project.data.name, project.directory),
    ]),
    // The last: without it, nothing of the rest counts.
    ...(there ? [] : [{ path: environmentFile, text: environmentYaml(name, patterns, out, schemas) }]),
  ];
  const kept = clashes(root, wanted);
  return { name, files: lacking(root, wanted).filter(({ path }) => !kept.includes(path)), kept, projects, notes };
}

/** Writes what a repository lacks, and checks the configuration. */
export function writeRepository(root: string, { files }: NewRepository): void {
  writeFiles(root, files);
  checkWritten(root);
}

function environmentName(root: string): string {
  const name = asName(basename(root), 'monorepo');
  return isReserved(name) ? `${name}-repo` : name;
}

function usedKinds(projects: readonly ProposedProject[]): Set<string> {
  return new Set(projects.flatMap(({ data }) => Object.keys(data.uses ?? {})));
}

function recognise(root: string, source: Source, environment: string, there: Environment | undefined) {
  const taken: Taken = there
    ? { hostPorts: takenHostPorts(there), databases: takenDatabases(there) }
    : { hostPorts: presetHostPorts(), databases: new Set() };
  const known = new Set(there?.projects.map(({ name }) => name));
  const notes: string[] = [];
  const projects: ProposedProject[] = [];
  const file = composeFiles.find((path) => source.text(path) !== undefined);
  if (file !== undefined) {
    const compose = readComposeFile(file, source.text(file) ?? '', source);
    const name = basename(root);
    const proposal = proposeProjects(compose, { file, environment, name, source, taken });
    notes.push(...proposal.notes);
    projects.push(
      ...proposal.projects.filter(({ directory, data }) => !isThere(source, directory) && !known.has(data.name)),
    );
  }
  for (const directory of foldersWithDockerfile(source)) {
    if (projects.some((project) => builtFrom(project, directory))) continue;
    const names = [environment, ...known, ...projects.map(({ data }) => data.name)];
    const own = asName(directory.split('/').at(-1) ?? '');
    const name = freeName(isReserved(own) ? `${own}-app` : own, Object.fromEntries(names.map((each) => [each, 0])));
    projects.push(folderProject(directory, name, source, taken));
  }
  const lost = there ? projects.filter(({ directory }) => !isReached(root, directory)) : [];
  for (const { directory } of lost)
    notes.push(`${directory}: is left out; add it to projects in ${environmentFile}, then run this again`);
  return { projects: projects.filter((project) => !lost.includes(project)), notes };
}

const isThere = (source: Source, directory: string): boolean =>
  source.text(`${directory}/infra/project.yaml`) !== undefined;

/** Whether a project has an image that is built from a folder. */
const builtFrom = ({ directory, data }: ProposedProject, folder: string): boolean =>
  directory === folder ||
  Object.values(data.images ?? {}).some(({ context = '.' }) => join(directory, String(context)) === folder);

/** Whether `projects` of the repoctl.yaml that is there leads to a folder. */
function isReached(root: string, directory: string): boolean {
  return outline(root).input.projects.some((pattern) => leadsTo(pattern, directory));
}

/** The host ports of the global tier, where nobody has chosen others. */
function presetHostPorts(): Set<number> {
  const ports = Object.values(globalKinds).flatMap(({ schema, ports, enabled }) =>
    enabled ? ports(schema.parse({})) : [],
  );
  return new Set(ports.flatMap(({ hostPort }) => hostPort ?? []));
}
