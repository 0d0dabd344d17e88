import type { Cluster } from '../../cluster/client.ts';
import { eachOf } from '../../platform/each-of.ts';
import { ClusterError } from '../../platform/errors.ts';
import { type ReadSource, readSource, refusal } from './read-source.ts';
import { clockSkew, essential, type Snapshot, snapshotOf } from './snapshot.ts';
import { aboutClaims, explaining, isExpected, isTelling, type SourceName, sources } from './sources.ts';

/** The part of a cluster that is read. */
export interface View {
  /** @default all environments */
  readonly environment?: string;
  /** Namespaces that are known without asking, for somebody who may not list them. */
  readonly known: readonly string[];
  /** Whether Clusters of CloudNativePG are among what is expected. @default false */
  readonly databaseClusters?: boolean;
}

export type ReadSources = ReadonlyMap<SourceName, ReadSource>;

/** Whether anything could be read without which nothing can be said. */
export const readAnything = (read: ReadSources): boolean =>
  essential.some((name) => (read.get(name)?.parts.length ?? 0) > 0);

/**
 * Looks at a cluster once. The number of requests does not grow with the number of namespaces. A list that fails is a
 * refusal; if all do, the cluster is not to be had.
 *
 * @param needsCauses whether what says why matters (events, the cluster's own parts): it is asked for only then
 * @param happenings whether what happened is wanted: what says why is asked for in any case then, and normal events
 * @throws ClusterError if the server can't be reached
 */
export async function readSnapshot(
  cluster: Cluster,
  view: View,
  needsCauses: (snapshot: Snapshot) => boolean,
  { happenings = false }: { readonly happenings?: boolean } = {},
): Promise<Snapshot> {
  const { environment, known } = view;
  const all = sources(environment);
  const begun = new Date();
  const read = new Map<SourceName, ReadSource>();
  const causes: readonly SourceName[] = explaining;
  const names = (Object.keys(all) as SourceName[]).filter(
    (name) => isExpected(name, view) && (happenings || !isTelling(name)),
  );
  const first = names.filter((name) => happenings || !causes.includes(name));
  const failures = await readAll(cluster, all, first, known, read);
  if (failures[0] && failures.length === first.length) throw failures[0];
  const date = read.get('namespaces')?.parts[0]?.date ?? read.get('pods')?.parts[0]?.date;
  const skew = clockSkew(date, begun);
  const look = (): Snapshot =>
    snapshotOf((name) => read.get(name)?.parts.flatMap(({ items }) => items) ?? [], {
      refusals: [...read.values()].flatMap(({ refusals }) => refusals),
      readAnything: readAnything(read),
      now: new Date(Date.now() + skew),
    });
  const snapshot = look();
  if (happenings || !needsCauses(snapshot)) return snapshot;
  // Why a claim gets no volume matters only if one has none.
  const unbound = snapshot.claims.some(({ status }) => status?.phase !== 'Bound');
  const wanted = causes.filter((name) => unbound || !aboutClaims.includes(name));
  await readAll(cluster, all, wanted, known, read);
  return look();
}

/**
 * Lists at once. Each that is under way has a connection of its own, and to make one takes both sides longer than most of
 * these lists do.
 */
const listsAtOnce = 4;

async function readAll(
  cluster: Cluster,
  all: ReturnType<typeof sources>,
  names: readonly SourceName[],
  known: readonly string[],
  read: Map<SourceName, ReadSource>,
): Promise<ClusterError[]> {
  const failures: ClusterError[] = [];
  await eachOf(
    names,
    async (name) => {
      try {
        read.set(name, await readSource(cluster, all[name], known));
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        failures.push(error);
        read.set(name, { parts: [], refusals: [refusal(all[name], error)] });
      }
    },
    { atOnce: listsAtOnce },
  );
  return failures;
}
