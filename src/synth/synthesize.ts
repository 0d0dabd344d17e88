import { join } from 'node:path';
import type { NamespaceObjects } from '../../charts/app.ts';
import { consumers } from '../../charts/wiring.ts';
import { type Loaded, load } from '../config/load.ts';
import type { Environment, Profile, ProfileName, Project } from '../config/model.ts';
import { ConfigurationError } from '../config/problem.ts';
import { dependencies, findProject, withDependencies } from '../config/select-projects.ts';
import { digest, type RememberedNamespace, readCache, writeCache } from './cache.ts';
import { loadExtension } from './load-extension.ts';
import { manifestText } from './manifest-text.ts';
import { type Changes, compare, planFile, read, write } from './output.ts';
import { manifestName, type Plan, planNamespace, planText } from './plan.ts';

export interface SynthesisOptions {
  readonly profile: ProfileName;
  /** Folder that is written; absolute. */
  readonly out: string;
  /** Only these projects, what they need, and the global tier. @default all */
  readonly projects?: readonly string[];
  readonly imageTag?: string;
  /** Only say what would change. @default false */
  readonly check?: boolean;
}

export interface Synthesis {
  readonly plan: Plan;
  readonly changes: Changes;
  /** Number of files, the plan among them. */
  readonly files: number;
}

/**
 * Makes the manifests and the plan from the configuration. Nothing is written unless all of it is right.
 *
 * @throws ConfigurationError with every problem
 * @throws UsageError if a project is named that there isn't
 */
export async function synthesize(root: string, options: SynthesisOptions): Promise<Synthesis> {
  const cache = readCache(root, options.profile);
  const loaded = load(root, { profile: options.profile, imageTag: options.imageTag, memory: cache.projects });
  const { environment, profile } = loaded;
  const files = new Map<string, string | undefined>();
  const namespaces: Record<string, RememberedNamespace> = {};
  const refused: string[] = [];
  const projects = options.projects ? withDependencies(environment, options.projects) : environment.projects;
  for (const project of [undefined, ...projects]) {
    const name = project?.name ?? environment.name;
    const key = cacheKey(environment, profile, project);
    const remembered = cache.namespaces[name];
    if (remembered && remembered.key === key && isCurrent(options.out, name, remembered)) {
      namespaces[name] = remembered;
      files.set(manifestName(name), undefined);
      continue;
    }
    const { objects, nonconformities } = await namespaceObjects(root, loaded, project);
    refused.push(...nonconformities.map(({ origin, object, message }) => `${origin}:1:1: ${object}: ${message}`));
    const text = manifestText(objects);
    files.set(manifestName(name), text);
    namespaces[name] = {
      key: key ?? '',
      text: digest(text),
      plan: planNamespace(environment, profile, project, objects),
    };
  }
  if (refused.length > 0) throw new ConfigurationError(refused);
  const plan = {
    environment: environment.name,
    profile: profile.name,
    namespaces: Object.values(namespaces).map((namespace) => namespace.plan),
  };
  files.set(planFile, planText(plan));
  const changes = compare(options.out, files);
  if (!options.check) {
    write(options.out, files, changes);
    const next = { projects: loaded.memory, namespaces: { ...cache.namespaces, ...namespaces } };
    if (!sameEntries(cache.projects, next.projects) || !sameEntries(cache.namespaces, next.namespaces))
      writeCache(root, profile.name, next);
  }
  return { plan, changes, files: files.size };
}

async function namespaceObjects(
  root: string,
  { environment, profile }: Loaded,
  project?: Project,
): Promise<NamespaceObjects> {
  // Only here, since cdk8s takes a tenth of a second to load and an unchanged environment needs none of it.
  const { globalObjects, projectObjects } = await import('../../charts/app.ts');
  if (!project) return globalObjects(environment, profile);
  const extension = project.chart === undefined ? undefined : await loadExtension(root, project.chart);
  return projectObjects(environment, profile, project, extension);
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

function isCurrent(out: string, name: string, { text }: RememberedNamespace): boolean {
  const existing = read(out, manifestName(name));
  return existing !== undefined && digest(existing) === text;
}

/** Whether two maps hold the very same values. */
const sameEntries = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(one).length === Object.keys(other).length && Object.keys(one).every((key) => one[key] === other[key]);

/** The folder that a profile is written to by default. */
export const defaultOut = (root: string, profile: ProfileName): string => join(root, 'dist', profile);
