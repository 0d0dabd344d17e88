import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { objectName } from '../../charts/common/names.ts';
import { globalKinds } from '../../charts/kinds.ts';
import { claimedVariables } from '../../charts/wiring.ts';
import { UsageError } from '../errors.ts';
import { crossCheck, environmentFile } from './cross-check.ts';
import { discover } from './discover.ts';
import {
  checkEnvironmentFiles,
  type EnvironmentFiles,
  environmentPaths,
  requiredVariables,
} from './environment-files.ts';
import { type EnvironmentInput, environmentSchema } from './environment-schema.ts';
import type { Environment, Profile, ProfileName, Project } from './model.ts';
import { ConfigurationError, type Problem, problemLine } from './problem.ts';
import { type ReadProject, readProject } from './read-project.ts';
import { type Inputs, Reader } from './reader.ts';
import { schemaProblems } from './schema-problems.ts';
import { locate, parseYaml } from './yaml-file.ts';

/** What reading a project yielded, and what it was read from. */
export interface RememberedProject {
  readonly inputs: Inputs;
  readonly read: ReadProject;
}

/** Projects that an earlier run read, by their folder. */
export type ProjectMemory = Readonly<Record<string, RememberedProject>>;

export interface LoadOptions {
  /** The profile that the configuration is for. */
  readonly profile: ProfileName;
  /** Tag of the images in production, instead of the configuration's. */
  readonly imageTag?: string;
  /** @default none */
  readonly memory?: ProjectMemory;
}

export interface Loaded {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly environmentFiles: readonly EnvironmentFiles[];
  /** What this run read, for the next. */
  readonly memory: ProjectMemory;
}

/**
 * The folder with `repoctl.yaml`, at or above a folder.
 *
 * @throws UsageError if there is none
 */
export function findRoot(from: string): string {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, environmentFile))) return directory;
    if (dirname(directory) === directory)
      throw new UsageError(
        `there is no ${environmentFile} in ${from} or above it`,
        `run this below the folder that has one`,
      );
  }
}

/**
 * Reads and validates the whole configuration.
 *
 * @param root the folder with `repoctl.yaml`
 * @throws ConfigurationError with every problem of every file
 */
export function load(root: string, options: LoadOptions): Loaded {
  const reader = new Reader(root);
  const text = reader.text(environmentFile) ?? '';
  const parsed = parseYaml(environmentFile, text);
  if (parsed.problems) throw report(reader, parsed.problems);
  const checked = environmentSchema.safeParse(parsed.data);
  // A wrong repoctl.yaml must not hide what is wrong with the projects.
  const problems: Problem[] = checked.success
    ? []
    : schemaProblems(environmentFile, environmentSchema, parsed.data, checked.error);
  const given = parsed.data as Partial<EnvironmentInput>;
  const input =
    checked.data ??
    environmentSchema.parse({
      name: 'unnamed',
      ...(Array.isArray(given.projects) &&
        given.projects.every((each) => typeof each === 'string') && { projects: given.projects }),
    });
  const found = discover(reader, environmentFile, input.projects);
  problems.push(...found.problems);

  const memory: Record<string, RememberedProject> = {};
  for (const directory of found.directories) {
    memory[directory] = recall(root, options.memory?.[directory], input.name) ?? remember(root, directory, input.name);
    problems.push(...memory[directory].read.problems);
  }
  const environment = assemble(input, memory, options.imageTag);
  const profile = environment.profiles[options.profile];
  const environmentFiles = listEnvironmentFiles(reader, environment, memory);
  if (checked.success) problems.push(...crossCheck(environment), ...checkProduction(environment, profile));
  if (checked.success && profile.development && problems.length === 0) {
    const required = requiredVariables(environment, profile);
    problems.push(
      ...environmentFiles.flatMap((files) => checkEnvironmentFiles(files, required.get(files.owner) ?? [])),
    );
  }
  if (problems.length > 0) throw report(reader, problems);
  return { environment: deepFreeze(environment), profile, environmentFiles, memory };
}

function recall(root: string, remembered: RememberedProject | undefined, environment: string) {
  if (!remembered?.read.project || remembered.read.problems.length > 0) return undefined;
  const [service] = [...remembered.read.project.services, ...remembered.read.project.workloads];
  if (service && service.owner.environment !== environment) return undefined;
  return new Reader(root).matches(remembered.inputs) ? remembered : undefined;
}

function remember(root: string, directory: string, environment: string): RememberedProject {
  const reader = new Reader(root);
  const read = readProject(reader, directory, environment);
  return { inputs: reader.inputs, read };
}

function assemble(input: EnvironmentInput, memory: ProjectMemory, imageTag: string | undefined): Environment {
  const { name, profiles } = input;
  const owner = { environment: name, tier: 'global' } as const;
  const production = profiles.production.images;
  const tag = imageTag ?? production?.tag;
  const environment: Environment = {
    name,
    services: Object.entries(globalKinds).flatMap(([kind, { field }]) => {
      const settings = (input.global as Record<string, unknown>)[field];
      return settings ? [{ name: kind, kind, namespace: name, object: objectName(name, kind), owner, settings }] : [];
    }),
    projects: Object.values(memory)
      .flatMap(({ read }) => read.project ?? [])
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    profiles: {
      local: { name: 'local', development: true, managed: [] },
      external: { name: 'external', development: true, managed: profiles.external.managed },
      production: {
        name: 'production',
        development: false,
        managed: profiles.production.managed,
        images: production && { registry: production.registry, tag: tag ?? '' },
      },
    },
  };
  return { ...environment, projects: environment.projects.map((project) => withOwnSecrets(environment, project)) };
}

/** The keys of `.env.example` that no service claims are the project's own. */
function withOwnSecrets(environment: Environment, project: Project): Project {
  if (project.secrets.length === 0) return project;
  const claimed = claimedVariables(environment, project);
  return { ...project, secrets: project.secrets.filter((name) => !claimed.has(name)) };
}

function listEnvironmentFiles(reader: Reader, environment: Environment, memory: ProjectMemory): EnvironmentFiles[] {
  const { examplePath, path } = environmentPaths('');
  return [
    { owner: environment.name, examplePath, path, example: reader.keys(examplePath), file: reader.keys(path) },
    ...environment.projects.map(({ name, directory }) => ({
      owner: name,
      ...environmentPaths(directory),
      example: memory[directory]?.read.example,
      file: memory[directory]?.read.environmentFile,
    })),
  ];
}

function checkProduction(environment: Environment, profile: Profile): Problem[] {
  if (profile.development) return [];
  const builders = environment.projects.filter(({ images }) => images.length > 0).map(({ name }) => name);
  if (builders.length === 0) return [];
  const place = { path: ['profiles', 'production', 'images'], at: 'key' } as const;
  const refuse = (message: string): Problem[] => [{ file: environmentFile, place, message }];
  if (!profile.images)
    return refuse(
      `profiles.production.images: required, but not given: ${builders.join(', ')} build images; give {registry, tag}`,
    );
  if (profile.images.tag === '')
    return refuse('profiles.production.images.tag: required, but not given; give it here or with --image-tag');
  return [];
}

function report(reader: Reader, problems: readonly Problem[]): ConfigurationError {
  const placed = problems.map((problem) => ({
    problem,
    position: locate(reader.text(problem.file) ?? '', problem.place),
  }));
  placed.sort((a, b) => {
    if (a.problem.file !== b.problem.file) return a.problem.file < b.problem.file ? -1 : 1;
    return a.position.line - b.position.line || a.position.column - b.position.column;
  });
  return new ConfigurationError(placed.map(({ problem, position }) => problemLine(problem, position)));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
  }
  return value;
}
