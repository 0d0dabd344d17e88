import { join } from 'node:path';
import type { Environment, Profile, ProfileName, Project } from '../../charts/model.ts';
import { consumers } from '../../charts/wiring.ts';
import { load, outline, type ProjectMemory } from '../config/load.ts';
import { findProfile, resolveProfiles } from '../config/profiles.ts';
import { dependencies, findProject, withDependencies } from '../config/select-projects.ts';
import { digest, type RememberedNamespace, readCache, writeCache } from './cache.ts';
import { makeNamespaces } from './make-namespaces.ts';
import { earlierFiles, planFile, read, remove, stamp, write } from './output.ts';
import { type Plan, planText } from './plan.ts';
import { readAhead } from './read-ahead.ts';
import { Threads } from './threads.ts';

export interface SynthesisOptions {
  readonly profile: ProfileName;
  /** Whether it has to be a profile for development. @default false */
  readonly development?: boolean;
  /** Folder that is written; absolute. */
  readonly out: string;
  /** Only these projects, what they need, and the global tier. @default all */
  readonly projects?: readonly string[];
  readonly imageTag?: string;
  /** Whose `.env` is checked. @default all */
  readonly environmentFilesOf?: readonly string[];
  /** Only say what would change. @default false */
  readonly check?: boolean;
}

export interface Synthesis {
  readonly plan: Plan;
  /** Names of the files that were written and removed, or would be. */
  readonly changes: { readonly written: readonly string[]; readonly removed: readonly string[] };
  /** Number of files, the plan among them. */
  readonly files: number;
  /** The projects that were read. */
  readonly memory: ProjectMemory;
}

/**
 * Makes the manifests and the plan from the configuration. Nothing is written unless all of it is right.
 *
 * @throws ConfigurationError with every problem
 * @throws UsageError if a project is named that there isn't
 */
export async function synthesize(root: string, options: SynthesisOptions): Promise<Synthesis> {
  const threads = new Threads();
  try {
    return await synthesizeOn(threads, root, options);
  } finally {
    await threads.close();
  }
}

async function synthesizeOn(threads: Threads, root: string, options: SynthesisOptions): Promise<Synthesis> {
  const outlined = outline(root);
  // Before the name of the profile becomes that of a file.
  if (outlined.valid) findProfile(resolveProfiles(outlined.input.profiles, 0), options.profile, options);
  const cache = readCache(root, options.profile);
  const fresh = await readAhead(threads, root, outlined, options.profile, cache.projects);
  const { profile: given, development, imageTag, environmentFilesOf } = options;
  const from = { outline: outlined, memory: cache.projects, fresh };
  const loaded = load(root, { profile: given, development, imageTag, environmentFilesOf, ...from });
  const { environment, profile } = loaded;
  const projects = options.projects ? withDependencies(environment, options.projects) : environment.projects;
  const keys = new Map([undefined, ...projects].map((project) => [project, cacheKey(environment, profile, project)]));
  const nameOf = (project: Project | undefined) => project?.name ?? environment.name;
  const isRemembered = (project: Project | undefined) => {
    const remembered = cache.namespaces[nameOf(project)];
    if (remembered?.stamp === undefined || remembered.key !== keys.get(project)) return false;
    return remembered.stamp === stamp(options.out, remembered.plan.manifest);
  };
  const outdated = [...keys.keys()].filter((project) => !isRemembered(project));
  const { out, check = false } = options;
  const earlier = earlierFiles(out);
  const settled = await makeNamespaces(threads, { root, environment, profile, out, check }, outdated);
  const made = new Map(settled.map((namespace) => [namespace.name, namespace]));
  const namespaces: Record<string, RememberedNamespace> = {};
  for (const [project, key] of keys) {
    const name = nameOf(project);
    const fresh = made.get(name);
    const entry = fresh
      ? { key: key ?? '', stamp: stamp(out, fresh.plan.manifest), plan: fresh.plan }
      : cache.namespaces[name];
    if (!entry) throw new TypeError(`nothing was made of ${name}`);
    namespaces[name] = entry;
  }
  const plan = {
    environment: environment.name,
    profile: profile.name,
    namespaces: Object.values(namespaces).map((namespace) => namespace.plan),
  };
  const manifests = new Set(plan.namespaces.map(({ manifest }) => manifest));
  const removed = earlier.filter((name) => !manifests.has(name));
  const written = settled.filter(({ changed }) => changed).map((namespace) => namespace.plan.manifest);
  // The plan is the last, so that it never names a file that isn't there.
  const text = planText(plan);
  if (check ? read(out, planFile) !== text : write(out, planFile, text)) written.push(planFile);
  if (!check) {
    remove(out, removed);
    const next = { projects: loaded.memory, namespaces: { ...cache.namespaces, ...namespaces } };
    if (!sameEntries(cache.projects, next.projects) || !sameEntries(cache.namespaces, next.namespaces))
      writeCache(root, profile.name, next);
  }
  return { plan, changes: { written: written.sort(), removed }, files: manifests.size + 1, memory: loaded.memory };
}

/**
 * Everything that a namespace's manifests depend on; `undefined` if that can't be known, as for a project with a chart
 * of its own, which may read anything.
 */
function cacheKey(environment: Environment, profile: Profile, project?: Project): string | undefined {
  if (project?.chart !== undefined) return undefined;
  const { name, services } = environment;
  const around = project
    ? dependencies(project).map((other) => findProject(environment, other))
    : services.map((service) => consumers(environment, service));
  return digest(JSON.stringify([name, services, profile, project, around]));
}

/** Whether two maps hold the very same values. */
const sameEntries = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((key) => one[key] === other[key]);

/** The folder that a profile is written to by default. */
export const defaultOut = (root: string, profile: ProfileName): string => join(root, 'dist', profile);
