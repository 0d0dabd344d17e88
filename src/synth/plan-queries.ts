import type { Environment, ProfileName } from '../../charts/model.ts';
import type { Mistake } from '../config/mistakes.ts';
import { findRoot } from '../config/root.ts';
import { findNamed } from '../config/select-projects.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import { tellMistakes } from './last-good.ts';
import type { Plan, PlannedNamespace, PlannedWorkload } from './plan.ts';
import { defaultOut, synthesize } from './synthesize.ts';

/** The environment as its manifests were just made. */
export interface Synthesized {
  readonly root: string;
  /** Folder of the manifests. */
  readonly out: string;
  readonly plan: Plan;
  /** All profiles that there are, by name. */
  readonly profiles: Environment['profiles'];
  /** The projects that are wrong, of which the last good state is planned. */
  readonly mistakes: readonly Mistake[];
}

export interface SynthesizedOptions {
  /** Whether it has to be a profile for development. @default true */
  readonly development?: boolean;
  /** Whether projects' own charts are run: only what writes or applies manifests needs that. @default true */
  readonly runCharts?: boolean;
  readonly imageTag?: string;
  /** Whether one project's mistake leaves the others alone. @default true */
  readonly tolerant?: boolean;
}

/**
 * Makes the manifests of the configuration that the working folder belongs to. The `.env` files are not looked at: what
 * needs them checks those that it needs. One project's mistake is told, and its last good state goes on.
 *
 */
export async function synthesized(
  profile: ProfileName = 'local',
  { development = true, runCharts, imageTag, tolerant = true }: SynthesizedOptions = {},
): Promise<Synthesized> {
  const root = findRoot(process.cwd());
  const out = defaultOut(root, profile);
  const { plan, profiles, mistakes } = await synthesize(root, {
    profile,
    development,
    out,
    environmentFilesOf: [],
    tolerant,
    runCharts,
    imageTag,
  });
  tellMistakes(mistakes);
  return { root, out, plan, profiles, mistakes };
}

/** The global tier's part of a plan. */
export function globalTier({ namespaces }: Plan): PlannedNamespace {
  const found = namespaces.find(({ tier }) => tier === 'global');
  if (!found) throw new TypeError('a plan without the global tier');
  return found;
}

/** The namespaces of a plan's projects, without the global tier. */
export const projects = ({ namespaces }: Plan): PlannedNamespace[] =>
  namespaces.filter(({ tier }) => tier === 'project');

/**
 * The project of a plan that is meant by a name.
 *
 * @throws UsageError if there is none
 */
export const planned = (plan: Plan, given: string): PlannedNamespace => findNamed(projects(plan), given);

/**
 * The service or workload of a namespace that is meant by a name: `api` or `turfoo-api`.
 *
 * @throws UsageError if there is none
 */
export function plannedWorkload(namespace: PlannedNamespace, given: string): PlannedWorkload {
  const all = [...namespace.services, ...namespace.workloads];
  const found = all.find(({ name, object }) => given === name || given === object);
  if (found) return found;
  const names = all.map(({ name }) => name);
  throw new UsageError(`${namespace.name} has no service "${given}"; ${suggestion(given, names)}`);
}

/** Names of namespaces in the order in which every command takes their leases: the global tier last. */
export const leaseOrder = (plan: Plan, namespaces: readonly PlannedNamespace[]): string[] => {
  const { name: last } = globalTier(plan);
  const names = namespaces.map(({ name }) => name);
  return [...names.filter((name) => name !== last).sort(), ...names.filter((name) => name === last)];
};

/** The projects that are named with those that they start after, in the order of the plan. */
export function withAwaited(plan: Plan, named: readonly PlannedNamespace[]): PlannedNamespace[] {
  const wanted = new Set<string>();
  const add = ({ name, needs }: PlannedNamespace) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const each of plan.namespaces.filter((other) => needs.includes(other.name))) add(each);
  };
  for (const each of named) add(each);
  return projects(plan).filter(({ name }) => wanted.has(name));
}

/** The projects that need another one. */
export const dependants = (plan: Plan, name: string): PlannedNamespace[] =>
  projects(plan).filter(({ needs }) => needs.includes(name));
