import type { Environment, Patch, Profile, ProfileName, Project } from '../../charts/model.ts';
import { claimedVariables } from '../../charts/wiring.ts';
import { UsageError } from '../platform/errors.ts';
import { once } from '../platform/once.ts';
import { checkReasons } from './check-pods.ts';
import { checkMonitoring, checkNamedProfiles, checkProduction } from './check-profiles.ts';
import { crossCheck } from './cross-check.ts';
import { discover, projectFile } from './discover.ts';
import {
  checkEnvironmentFiles,
  type EnvironmentFiles,
  environmentPaths,
  requiredVariables,
} from './environment-files.ts';
import { type EnvironmentInput, environmentSchema, imageTag } from './environment-schema.ts';
import { locked, readImageLock } from './image-lock.ts';
import { type Mistake, settle } from './mistakes.ts';
import { placedPatches } from './patch-schema.ts';
import { portOffset } from './port-offset.ts';
import { ConfigurationError, type Problem, problemLine } from './problem.ts';
import { inOverrides } from './profile-overrides.ts';
import { checkProfiles, findProfile, resolveProfiles } from './profiles.ts';
import { type ProjectMemory, readFor, recall, remember, rightOnes } from './project-memory.ts';
import { type ReadGlobal, readGlobal } from './read-global.ts';
import type { ReadFor } from './read-project.ts';
import { Reader } from './reader.ts';
import { environmentFile } from './root.ts';
import { schemaProblems, valueAt } from './schema-problems.ts';
import { readSealedSecrets, withSealed } from './sealed-secrets.ts';
import { locator, parseYaml } from './yaml-file.ts';

export interface LoadOptions {
  /** The profile that the configuration is for. */
  readonly profile: ProfileName;
  /** Whether it has to be one for development. @default false */
  readonly development?: boolean;
  /** Tag of the images in production, instead of the configuration's. */
  readonly imageTag?: string;
  /** Whose `.env` is checked: names of projects and of the environment, or of their namespaces. @default all */
  readonly environmentFilesOf?: readonly string[];
  /** What repoctl.yaml says, if it was read just now, for this run. @default it is read */
  readonly outline?: Outline;
  /** What an earlier run read; it is used where it still holds. @default none */
  readonly memory?: ProjectMemory;
  /** What was read just now, for this run; it is used as it is. @default none */
  readonly fresh?: ProjectMemory;
  /** Whether one project's mistake leaves the others alone: what `memory` has of it stands in. @default false */
  readonly tolerant?: boolean;
}

export interface Loaded {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly environmentFiles: readonly EnvironmentFiles[];
  /** What this run read, for the next. */
  readonly memory: ProjectMemory;
  /** The projects that are wrong; none unless that was to be tolerated. */
  readonly mistakes: readonly Mistake[];
}

/** What repoctl.yaml says, and where it finds projects. */
export interface Outline {
  readonly reader: Reader;
  readonly input: EnvironmentInput;
  /** Whether the file is right; if not, the input is what can be told in spite of that. */
  readonly valid: boolean;
  /** Whether the input has the services that projects share. */
  readonly tellsShared: boolean;
  /** Folders of the projects. */
  readonly directories: readonly string[];
  /** Whether each of its patterns leads to projects. */
  readonly complete: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Reads repoctl.yaml, not yet the projects.
 *
 * @throws ConfigurationError if it can't be read
 */
export function outline(root: string): Outline {
  const reader = new Reader(root);
  const text = reader.text(environmentFile);
  if (text === undefined) {
    const message = reader.names(environmentFile) ? 'is a folder; expected a file' : 'there is no such file';
    const place = { line: 1, column: 1 };
    const problems = reader.problems.length > 0 ? reader.problems : [{ file: environmentFile, place, message }];
    throw new ConfigurationError(problemLines(reader, problems));
  }
  const { problems, ...environment } = readEnvironment(text);
  const { input } = environment;
  const found = discover(reader, environmentFile, input.projects);
  const complete = found.problems.length === 0;
  const { directories } = found;
  return { ...environment, reader, directories, complete, problems: [...problems, ...found.problems] };
}

/**
 * Reads and validates the whole configuration.
 *
 * @param root the folder with `repoctl.yaml`
 * @throws ConfigurationError with every problem of every file
 * @throws UsageError if the image tag is none
 */
export function load(root: string, options: LoadOptions): Loaded {
  const [wrong] = imageTag.optional().safeParse(options.imageTag).error?.issues ?? [];
  if (wrong) throw new UsageError(`--image-tag ${wrong.message}, given "${options.imageTag}"`);
  const { reader, input, valid, tellsShared, directories, ...outlined } = options.outline ?? outline(root);
  const what = readFor(input, options.profile, tellsShared);
  const good = rightOnes(options.memory ?? {}, what);
  const remembered = new Map(Object.entries(good));
  // Without a prototype: a folder may be called "constructor".
  const current: Record<string, ProjectMemory[string]> = Object.create(null);
  const fresh = new Map(Object.entries(options.fresh ?? {}));
  for (const directory of directories)
    current[directory] =
      fresh.get(directory) ?? recall(root, remembered.get(directory), what) ?? remember(root, directory, what);
  const patches = placedPatches(environmentFile, reader.text(environmentFile) ?? '', input.patches);
  const global = readGlobal(reader, input, what.environment);
  const outlinedProblems = [...outlined.problems, ...(valid ? global.problems : [])];
  if (valid)
    checkProfiles(input.profiles, (path, message, at = 'value') =>
      outlinedProblems.push({ file: environmentFile, place: { path, at }, message }),
    );
  const profileOf = ({ profiles }: Environment, isRight: boolean) =>
    // A wrong repoctl.yaml may be why the name is unknown.
    isRight ? findProfile(profiles, options.profile, options) : (profiles[options.profile] ?? profiles.local);
  // That of the memory which was looked at last, so in the end of the one that is settled.
  let environment!: Environment;
  const problemsOf = (memory: ProjectMemory): Problem[] => {
    const reads = Object.values(memory).map(({ read }) => read);
    const found = [...outlinedProblems, ...reads.flatMap(({ problems }) => problems)];
    environment = assemble(input, memory, patches, global, what, options.imageTag);
    if (!valid) return found;
    const complete = outlined.complete && reads.every(({ project }) => project);
    const profile = profileOf(environment, found.length === 0);
    return [
      ...found,
      ...crossCheck(environment, complete, complete && reads.length === directories.length),
      ...checkProduction(environment, profile),
      ...checkMonitoring(environment),
      ...checkReasons(environment, profile),
      ...checkNamedProfiles(environment, overriddenProfiles(memory)),
    ];
  };
  const { memory, own, rest } = settle(current, options.tolerant ? good : undefined, problemsOf);
  const { lock, problems: inLock } = readImageLock(reader);
  const { sealed, problems: inSealed } = readSealedSecrets(reader);
  const profile = withSealed(locked(profileOf(environment, rest.length === 0), lock), sealed);
  const environmentFiles = listEnvironmentFiles(reader, environment, memory);
  const problems = [...rest, ...inLock, ...inSealed, ...reader.problems];
  if (valid && profile.development) {
    const required = requiredVariables(environment, profile);
    // Of two that have the same name it can't be said which needs what.
    const owners = environmentFiles.map(({ owner }) => owner);
    const unique = environmentFiles
      .filter(({ owner }) => owners.indexOf(owner) === owners.lastIndexOf(owner))
      .filter(({ owner }) => options.environmentFilesOf?.some((name) => isOwner(environment, owner, name)) ?? true);
    const ofAll = once(() => Object.values(environment.profiles).map((each) => requiredVariables(environment, each)));
    problems.push(
      ...unique.flatMap((files) =>
        checkEnvironmentFiles(files, required.get(files.owner) ?? [], () =>
          ofAll().flatMap((of) => of.get(files.owner) ?? []),
        ),
      ),
    );
  }
  const data = perFile((file) => parseYaml(file, reader.text(file) ?? '').data);
  const lines = (some: readonly Problem[]) =>
    problemLines(
      reader,
      some.map((problem) =>
        problem.file.endsWith(`/${projectFile}`) ? inOverrides(problem, data(problem.file), profile.chain) : problem,
      ),
    );
  if (problems.length > 0) throw new ConfigurationError(lines([...problems, ...[...own.values()].flat()]));
  const mistakes = [...own].map(([directory, problems]) => ({
    directory,
    name: (memory[directory] ?? current[directory])?.read.project?.name,
    lines: lines(problems),
  }));
  return { environment: deepFreeze(environment), profile, environmentFiles, memory, mistakes };
}

/** Stands for the name of an environment that can't be told. */
export const unknownName = 'unnamed';

/** Whether the environment or a project is called so, or its namespace. */
function isOwner({ name, namespace, projects }: Environment, owner: string, given: string): boolean {
  const found = owner === name ? { namespace } : projects.find((project) => project.name === owner);
  return given === owner || given === found?.namespace;
}

/** What repoctl.yaml says. A wrong one must not hide what is wrong with the projects, so that these are read as well. */
function readEnvironment(text: string): Pick<Outline, 'input' | 'valid' | 'tellsShared'> & { problems: Problem[] } {
  const schema = environmentSchema;
  const { data, problems = [] } = { data: undefined, ...parseYaml(environmentFile, text) };
  const checked = schema.safeParse(data);
  if (checked.success) return { input: checked.data, valid: true, tellsShared: true, problems: [] };
  const right = (field: 'name' | 'projects' | 'cluster' | 'global' | 'profiles') =>
    schema.shape[field].safeParse(valueAt(data, [field])).data;
  return {
    input: schema.parse({
      name: right('name') ?? unknownName,
      projects: right('projects'),
      cluster: right('cluster'),
      global: right('global'),
      profiles: right('profiles'),
    }),
    valid: false,
    tellsShared: problems.length === 0 && right('global') !== undefined,
    problems: problems.length > 0 ? [...problems] : schemaProblems(environmentFile, schema, data, checked.error),
  };
}

function assemble(
  input: EnvironmentInput,
  memory: ProjectMemory,
  patches: readonly Patch[],
  { services, manifests, chart }: ReadGlobal,
  { environment: namespace }: ReadFor,
  imageTag: string | undefined,
): Environment {
  const { name, profiles } = input;
  const environment: Environment = {
    name,
    namespace,
    services,
    manifests,
    chart,
    projects: Object.values(memory)
      .flatMap(({ read }) => read.project ?? [])
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
    patches,
    profiles: resolveProfiles(profiles, portOffset(), imageTag),
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

/** The profiles for which each project says something, by its folder. */
const overriddenProfiles = (memory: ProjectMemory): Record<string, readonly ProfileName[]> =>
  Object.fromEntries(Object.entries(memory).map(([directory, { read }]) => [directory, read.profiles ?? []]));

/** What is worked out once for each file: thousands of problems may be of the same. */
function perFile<Type>(make: (file: string) => Type): (file: string) => Type {
  const made = new Map<string, Type>();
  return (file) => {
    if (!made.has(file)) made.set(file, make(file));
    return made.get(file) as Type;
  };
}

/** Problems as lines, in the order of the files. */
function problemLines(reader: Reader, problems: readonly Problem[]): string[] {
  const places = perFile((file) => locator(reader.text(file) ?? ''));
  const placed = problems.map((problem) => {
    const { place, file } = problem;
    return { problem, position: 'line' in place ? place : places(file)(place.path, place.at) };
  });
  placed.sort((a, b) => {
    if (a.problem.file !== b.problem.file) return a.problem.file < b.problem.file ? -1 : 1;
    return a.position.line - b.position.line || a.position.column - b.position.column;
  });
  return placed.map(({ problem, position }) => problemLine(problem, position));
}

/** Everything that is wrong with a repoctl.yaml. */
export const outlineError = ({ reader, problems }: Outline): ConfigurationError =>
  new ConfigurationError(problemLines(reader, problems));

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
  }
  return value;
}
