import { join } from 'node:path';
import { callsFromOthers } from '../../charts/calls.ts';
import type { Environment, Profile, ProfileName, Project } from '../../charts/model.ts';
import { consumers } from '../../charts/wiring.ts';
import { mustBeInside } from '../config/configured-path.ts';
import { type Loaded, load, outline } from '../config/load.ts';
import type { Mistake } from '../config/mistakes.ts';
import { findProfile, resolveProfiles } from '../config/profiles.ts';
import type { ProjectMemory } from '../config/project-memory.ts';
import { dependencies, findProject, withDependencies } from '../config/select-projects.ts';
import { optimizeLater } from '../platform/v8.ts';
import { digest, type RememberedNamespace, readCache, writeCache } from './cache.ts';
import { chartOf } from './make-namespace.ts';
import { makeNamespaces } from './make-namespaces.ts';
import { earlierManifests, earlierNamespaces, planFile, read, remove, stamp, write } from './output.ts';
import type { Plan, PlannedNamespace } from './plan.ts';
import { planText } from './plan-file.ts';
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
  /** Whether one project's mistake leaves the others alone: its last good state stays. @default false */
  readonly tolerant?: boolean;
  /**
   * Whether projects' `infra/chart.ts` are run. If not, what they add is what they added in an earlier run; their
   * manifests and the plan's file stay as they are. @default true
   */
  readonly runCharts?: boolean;
}

export interface Synthesis {
  readonly plan: Plan;
  /** Every profile, by name. */
  readonly profiles: Environment['profiles'];
  /** Names of the files that were written and removed, or would be. */
  readonly changes: { readonly written: readonly string[]; readonly removed: readonly string[] };
  /** Number of files, the plan among them. */
  readonly files: number;
  /** The projects that were read. */
  readonly memory: ProjectMemory;
  /** The projects that are wrong; none unless that is tolerated. */
  readonly mistakes: readonly Mistake[];
}

/**
 * Makes the manifests and the plan from the configuration. Nothing is written unless all of it is right, or it is one
 * project's mistake and that is tolerated: then what was made of the project stays.
 *
 * @throws ConfigurationError with every problem
 * @throws UsageError if a project is named that there isn't
 */
export async function synthesize(root: string, options: SynthesisOptions): Promise<Synthesis> {
  optimizeLater();
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
  const { profile: given, development, imageTag, environmentFilesOf, tolerant = false } = options;
  const from = { outline: outlined, memory: cache.projects, fresh };
  const loaded = load(root, { profile: given, development, imageTag, environmentFilesOf, tolerant, ...from });
  const { environment, profile } = loaded;
  const { profiles } = environment;
  const projects = options.projects ? withDependencies(environment, options.projects) : environment.projects;
  const keys = cacheKeys(environment, profile, [undefined, ...projects]);
  const nameOf = (project: Project | undefined) => (project ?? environment).namespace;
  const isRemembered = (project: Project | undefined) => {
    const remembered = cache.namespaces[nameOf(project)];
    if (remembered?.stamp === undefined || remembered.key !== keys.get(project)) return false;
    return remembered.stamp === stamp(options.out, remembered.plan.manifest);
  };
  const { out, check = false, runCharts = true } = options;
  mustBeInside(root, out);
  const earlier = earlierNamespaces(out);
  const before = earlier.filter(({ manifest }) => stamp(out, manifest) !== undefined);
  const kept = unremembered(loaded, before);
  const outdated = [...keys.keys()].filter((project) => !isRemembered(project) && !kept.has(nameOf(project)));
  const { settled, mistakes } = await makeNamespaces(
    threads,
    {
      ...{ root, environment, profile, out, check, tolerant },
      chartLimitSeconds: outlined.input.chartTimeLimitSeconds,
      earlier: runCharts ? undefined : earlier,
    },
    outdated,
  );
  threads.end();
  const wrong = [...loaded.mistakes, ...mistakes];
  for (const each of before)
    if (mistakes.some(({ directory }) => directory === each.directory)) kept.set(each.name, each);
  const made = new Map(settled.map((namespace) => [namespace.name, namespace]));
  const namespaces: Record<string, RememberedNamespace> = {};
  for (const [project, key] of keys) {
    const name = nameOf(project);
    if (kept.has(name) || mistakes.some(({ directory }) => directory === (project?.directory ?? '.'))) continue;
    const fresh = made.get(name);
    const entry = fresh
      ? { key: key ?? '', stamp: stamp(out, fresh.plan.manifest), plan: fresh.plan }
      : cache.namespaces[name];
    if (!entry) throw new TypeError(`nothing was made of ${name}`);
    namespaces[name] = entry;
  }
  const planned = [...kept.values(), ...Object.values(namespaces).map((namespace) => namespace.plan)];
  const plan = { environment: environment.namespace, profile: profile.name, namespaces: inOrder(planned) };
  const manifests = new Set(plan.namespaces.map(({ manifest }) => manifest));
  const removed = earlierManifests(out).filter((name) => !manifests.has(name));
  const written = settled.filter(({ changed }) => changed).map((namespace) => namespace.plan.manifest);
  if (!runCharts && [...keys.keys()].some((project) => chartOf(environment, project) !== undefined))
    return { plan, profiles, changes: { written, removed: [] }, files: 0, memory: loaded.memory, mistakes: wrong };
  // The plan is the last, so that it never names a file that isn't there.
  const text = planText(plan);
  if (check ? read(out, planFile) !== text : write(out, planFile, text)) written.push(planFile);
  if (!check) {
    remove(out, removed);
    const next = { projects: loaded.memory, namespaces: { ...cache.namespaces, ...namespaces } };
    if (!sameEntries(cache.projects, next.projects) || !sameEntries(cache.namespaces, next.namespaces))
      writeCache(root, profile.name, next);
  }
  const changes = { written: written.sort(), removed };
  return { plan, profiles, changes, files: manifests.size + 1, memory: loaded.memory, mistakes: wrong };
}

/**
 * What was made before of the projects that are wrong and that no run remembers; with it the global tier, which has users
 * and buckets for them.
 */
function unremembered(
  { memory, mistakes }: Loaded,
  before: readonly PlannedNamespace[],
): Map<string, PlannedNamespace> {
  const lost = before.filter(({ directory }) =>
    mistakes.some((mistake) => mistake.directory === directory && !memory[directory]),
  );
  const global = lost.length > 0 ? before.filter(({ tier }) => tier === 'global') : [];
  return new Map([...global, ...lost].map((namespace) => [namespace.name, namespace]));
}

/** The global tier, then the projects in the order of their names; none needs what isn't there. */
function inOrder(namespaces: readonly PlannedNamespace[]): PlannedNamespace[] {
  const names = new Set(namespaces.map(({ name }) => name));
  const place = ({ tier, name }: PlannedNamespace) => (tier === 'global' ? '' : name);
  return namespaces
    .map((each) =>
      each.needs.every((name) => names.has(name))
        ? each
        : { ...each, needs: each.needs.filter((name) => names.has(name)) },
    )
    .sort((one, other) => (place(one) < place(other) ? -1 : 1));
}

/** The cache keys of projects, and of the global tier. */
function cacheKeys<Given extends Project | undefined>(
  environment: Environment,
  profile: Profile,
  projects: readonly Given[],
): Map<Given, string | undefined> {
  const { name, services } = environment;
  // As text once: it is as much as a project.
  const shared = digest(JSON.stringify([name, services, profile]));
  return new Map(projects.map((project) => [project, cacheKey(environment, profile, shared, project)]));
}

/**
 * Everything that a namespace's manifests depend on; `undefined` if that can't be known, as for a project with a chart
 * of its own, which may read anything.
 *
 * @param shared a digest of what all depend on
 */
function cacheKey(environment: Environment, profile: Profile, shared: string, project?: Project): string | undefined {
  if (chartOf(environment, project) !== undefined) return undefined;
  const { services, patches, manifests } = environment;
  const around = project
    ? dependencies(project).map((other) => findProject(environment, other))
    : [patches, manifests, services.map((service) => consumers(environment, service))];
  // The policies at both ends state who may connect.
  const callers =
    project && profile.network.policies
      ? callsFromOthers(environment, project).map(({ project: { namespace }, from, to, ports }) => [
          namespace,
          from?.object,
          to,
          ports,
        ])
      : [];
  return digest(JSON.stringify([shared, project, around, callers]));
}

/** Whether two maps hold the very same values. */
const sameEntries = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((key) => one[key] === other[key]);

/** The folder that a profile is written to by default. */
export const defaultOut = (root: string, profile: ProfileName): string => join(root, 'dist', profile);
