import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Environment, Profile, Project } from '../config/model.ts';
import { ConfigurationError } from '../config/problem.ts';
import { type MadeNamespace, makeNamespace } from './make-namespace.ts';
import { read, write } from './output.ts';

/** What a helping thread is given. */
export interface Share {
  readonly root: string;
  readonly environment: Environment;
  readonly profile: Profile;
  /** Names of projects. */
  readonly names: readonly string[];
  /** The folder that the manifests go to. */
  readonly out: string;
  /** Only say what would change. */
  readonly check: boolean;
  /** Index of the next name that nobody has taken yet; all threads count it up. */
  readonly next: SharedArrayBuffer;
}

/** A thread takes about a quarter of a second to start, in which a hundred projects could be made. */
const worthwhile = 200;

/** Beside the bundle; there is none when this runs from source. */
const program = new URL('./namespace-worker.js', import.meta.url);

/** What became of a namespace's file. */
export interface SettledNamespace extends Omit<MadeNamespace, 'text' | 'refused'> {
  /** Whether the file was written, or would be: it had another text, or wasn't there. */
  readonly changed: boolean;
}

/**
 * Makes the manifests of namespaces, `undefined` for the global tier, and writes those that have changed. Many are made
 * on all processors.
 *
 * What may be refused is made first, by this thread, and nothing is written if it is.
 *
 * @throws ConfigurationError with what projects' own charts and manifests say that can't be
 */
export async function makeNamespaces(
  { root, environment, profile, out, check }: Omit<Share, 'names' | 'next'>,
  projects: readonly (Project | undefined)[],
): Promise<SettledNamespace[]> {
  const first: MadeNamespace[] = [];
  for (const project of projects.filter(isPeculiar))
    first.push(await makeNamespace(root, environment, profile, project));
  const refused = first.flatMap((namespace) => namespace.refused);
  if (refused.length > 0) throw new ConfigurationError(refused);
  const names = projects.flatMap((project) => (isPeculiar(project) ? [] : (project?.name ?? [])));
  const share: Share = { root, environment, profile, names, out, check, next: new SharedArrayBuffer(4) };
  const threads = names.length < worthwhile || !existsSync(program) ? 0 : availableParallelism() - 1;
  const helpers = Array.from({ length: threads }, () => helper(share));
  const settled = first.map((namespace) => settle(namespace, share));
  settled.push(...(await takeShare(share)));
  return [...settled, ...(await Promise.all(helpers)).flat()];
}

/** Whether a namespace holds more than what its project's services and workloads become. */
const isPeculiar = (project: Project | undefined): boolean =>
  project === undefined || project.chart !== undefined || project.manifests.length > 0;

/** Makes and settles the next project that nobody has taken, until there is none. */
export async function takeShare(share: Share): Promise<SettledNamespace[]> {
  const { root, environment, profile, names, next } = share;
  const counter = new Int32Array(next);
  const projects = new Map(environment.projects.map((project) => [project.name, project]));
  const settled: SettledNamespace[] = [];
  for (let index = Atomics.add(counter, 0, 1); index < names.length; index = Atomics.add(counter, 0, 1)) {
    settled.push(settle(await makeNamespace(root, environment, profile, projects.get(names[index] ?? '')), share));
  }
  return settled;
}

function settle({ name, text, digest, plan }: MadeNamespace, { out, check }: Share): SettledNamespace {
  return { name, digest, plan, changed: check ? read(out, plan.manifest) !== text : write(out, plan.manifest, text) };
}

function helper(share: Share): Promise<SettledNamespace[]> {
  const worker = new Worker(program, { workerData: share });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
