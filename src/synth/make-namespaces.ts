import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import type { Project } from '../../charts/model.ts';
import type { Mistake } from '../config/mistakes.ts';
import { ConfigurationError } from '../config/problem.ts';
import { type MadeNamespace, type Making, makeNamespace } from './make-namespace.ts';
import { read, write } from './output.ts';
import { type Share, type Threads, takeTurns } from './threads.ts';

/** What namespaces are made from, and what becomes of them. */
export interface MakeOptions extends Making {
  /** The folder that the manifests go to. */
  readonly out: string;
  /** Only say what would change. */
  readonly check: boolean;
  /** Whether what a project's own chart and manifests say wrongly leaves the others alone. */
  readonly tolerant: boolean;
}

/** What became of namespaces. */
export interface SettledNamespaces {
  readonly settled: readonly SettledNamespace[];
  /** The projects whose own charts and manifests say what can't be; none unless that is tolerated. */
  readonly mistakes: readonly Mistake[];
}

/** What a thread needs to make namespaces, by the names of their projects: to the end, or to see whether they can be. */
export type MakeShare = MakeOptions & { readonly task: 'make' } & Share<string>;
export type AttemptShare = MakeOptions & { readonly task: 'attempt' } & Share<string>;

/** What a thread needs to settle what it has made. */
export type SettleShare = Pick<MakeOptions, 'out' | 'check'> & { readonly task: 'settle' } & Share<never>;

/** What a thread has made and not yet settled: their texts are too much to be handed around. */
export type Unsettled = MadeNamespace[];

/** A namespace, and why it can't be so. */
interface Attempt {
  readonly project: Pick<Project, 'name' | 'directory'> | undefined;
  readonly refused: readonly string[];
}

/** What became of a namespace's file. */
export interface SettledNamespace extends Omit<MadeNamespace, 'text' | 'refused'> {
  /** Whether the file was written, or would be: it had another text, or wasn't there. */
  readonly changed: boolean;
}

/**
 * Makes the manifests of namespaces, `undefined` for the global tier, and writes those that have changed. Many are made
 * on all processors.
 *
 * What may be refused is made first, and nothing is written if it is.
 *
 * @throws ConfigurationError with what projects' own charts and manifests say that can't be, unless it is tolerated
 */
export async function makeNamespaces(
  threads: Threads,
  given: MakeOptions,
  projects: readonly (Project | undefined)[],
): Promise<SettledNamespaces> {
  const peculiar = projects.filter(isPeculiar);
  // Charts run in threads of their own, as many at a time as there are processors.
  const charted = peculiar.filter((project) => project === undefined || project.chart !== undefined);
  const added = peculiar.flatMap((project) => (project && project.chart === undefined ? [project.name] : []));
  const here: Unsettled = [];
  const attempt = (share: AttemptShare) => attemptShare(share, here);
  // The environment of a thousand projects takes long to hand around: only if there is something to do.
  const attempts = [
    ...(await pMap(charted, (project) => tried(given, project, here), { concurrency: availableParallelism() })),
    ...(added.length === 0 ? [] : await threads.shareOut({ task: 'attempt', ...given } as const, added, attempt)),
  ];
  const mistakes = attempts
    .filter(({ refused }) => refused.length > 0)
    .sort(inOrderOf(projects))
    .map(({ project, refused }) => ({ directory: project?.directory ?? '.', name: project?.name, lines: refused }));
  const shared = mistakes.some(({ name }) => name === undefined);
  if (mistakes.length > 0 && (shared || !given.tolerant))
    throw new ConfigurationError(mistakes.flatMap(({ lines }) => lines));
  const { out, check } = given;
  const settled = await threads.shareOut({ task: 'settle', out, check } as const, [], (share) =>
    settleShare(share, here),
  );
  const names = projects.flatMap((project) => (isPeculiar(project) ? [] : (project?.name ?? [])));
  const rest = await threads.shareOut({ task: 'make', ...given } as const, names, makeShare);
  return { settled: [...settled, ...rest], mistakes };
}

/** Attempts in the order of their projects, whichever thread was faster. */
function inOrderOf(projects: readonly (Project | undefined)[]): (a: Attempt, b: Attempt) => number {
  const places = new Map(projects.map((project, index) => [project?.name, index]));
  const place = ({ project }: Attempt) => places.get(project?.name) ?? 0;
  return (a, b) => place(a) - place(b);
}

async function tried(given: MakeOptions, project: Project | undefined, unsettled: Unsettled): Promise<Attempt> {
  const of = project && { name: project.name, directory: project.directory };
  try {
    const made = await makeNamespace(given, project);
    if (made.refused.length === 0) unsettled.push(made);
    return { project: of, refused: made.refused };
  } catch (error) {
    if (error instanceof ConfigurationError) return { project: of, refused: error.lines };
    throw error;
  }
}

/** Whether a namespace holds something else than what its project's services and workloads become. */
const isPeculiar = (project: Project | undefined): boolean =>
  project === undefined || project.chart !== undefined || project.manifests.length > 0 || project.patches.length > 0;

/** Makes the next project that nobody has taken, until there is none; writes nothing. */
export function attemptShare(share: AttemptShare, unsettled: Unsettled): Promise<Attempt[]> {
  const projects = new Map(share.environment.projects.map((project) => [project.name, project]));
  return takeTurns(share, (name) => tried(share, projects.get(name), unsettled));
}

/** Settles what this thread has made. */
export const settleShare = async (share: SettleShare, unsettled: Unsettled): Promise<SettledNamespace[]> =>
  unsettled.splice(0).map((namespace) => settle(namespace, share));

/** Makes and settles the next project that nobody has taken, until there is none. */
export function makeShare(share: MakeShare): Promise<SettledNamespace[]> {
  const projects = new Map(share.environment.projects.map((project) => [project.name, project]));
  return takeTurns(share, async (name) => settle(await makeNamespace(share, projects.get(name)), share));
}

function settle(
  { name, text, plan }: MadeNamespace,
  { out, check }: Pick<MakeOptions, 'out' | 'check'>,
): SettledNamespace {
  // What can't be told without running a chart stays as it is.
  if (text === undefined) return { name, plan, changed: false };
  return { name, plan, changed: check ? read(out, plan.manifest) !== text : write(out, plan.manifest, text) };
}
