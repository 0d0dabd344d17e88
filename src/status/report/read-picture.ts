import type { Cluster } from '../../cluster/client.ts';
import { clockSkew, essential, type Picture, pictureOf } from './picture.ts';
import { type ReadSource, readSource } from './read-source.ts';
import { type SourceName, sources } from './sources.ts';

/** What is looked at. */
export interface View {
  /** @default all environments */
  readonly environment?: string;
  /** Namespaces that are known without asking, for somebody who may not list them. */
  readonly known: readonly string[];
}

export type ReadSources = ReadonlyMap<SourceName, ReadSource>;

/** Whether anything could be read without which nothing can be said. */
export const readAnything = (read: ReadSources): boolean =>
  essential.some((name) => (read.get(name)?.parts.length ?? 0) > 0);

/**
 * Looks at a cluster once. The number of requests does not grow with the number of namespaces.
 *
 * @param needsEvents whether what happened lately matters: it is asked for only then
 * @throws ClusterError if the server can't be reached
 */
export async function readPicture(
  cluster: Cluster,
  { environment, known }: View,
  needsEvents: (picture: Picture) => boolean,
): Promise<Picture> {
  const { events, ...first } = sources(environment);
  const begun = new Date();
  const read = new Map<SourceName, ReadSource>(
    await Promise.all(
      Object.entries(first).map(
        async ([name, source]) => [name as SourceName, await readSource(cluster, source, known)] as const,
      ),
    ),
  );
  const date = read.get('namespaces')?.parts[0]?.date ?? read.get('pods')?.parts[0]?.date;
  const skew = clockSkew(date, begun);
  const look = (): Picture =>
    pictureOf((name) => read.get(name)?.parts.flatMap(({ items }) => items) ?? [], {
      refusals: [...read.values()].flatMap(({ refusals }) => refusals),
      readAnything: readAnything(read),
      now: new Date(Date.now() + skew),
    });
  const picture = look();
  if (!needsEvents(picture)) return picture;
  read.set('events', await readSource(cluster, events, known));
  return look();
}
