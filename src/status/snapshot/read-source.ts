import { typeMeta } from '../../../charts/common/api-versions.ts';
import { RefusedError } from '../../cluster/api-errors.ts';
import type { Cluster } from '../../cluster/client.ts';
import { eachOf } from '../../platform/each-of.ts';
import type { ClusterError } from '../../platform/errors.ts';
import type { Refusal } from '../rules/absent.ts';
import { type Kept, type List, readList, recordOf } from './read-list.ts';
import type { Source } from './sources.ts';

/** A part of a source that may be read: all namespaces, or one. */
export interface Part extends List {
  readonly namespace?: string;
}

export interface ReadSource {
  readonly parts: readonly Part[];
  /** The lists that failed. */
  readonly refusals: readonly Refusal[];
}

/**
 * Reads a source: in all namespaces by one list, or where that is refused in each of the namespaces that are known.
 *
 * @param known names of namespaces, for somebody who may not look into all
 * @throws ClusterError if the server can't be reached
 */
export async function readSource(
  cluster: Cluster,
  source: Source,
  known: readonly string[],
  signal?: AbortSignal,
): Promise<ReadSource> {
  try {
    return { parts: [await readList(cluster, source, undefined, signal)], refusals: [] };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const all = refusal(source, error);
    if (error.status !== 403) return { parts: [], refusals: [all] };
    if (source.plural === 'namespaces') return readNamespaces(cluster, source, known, all);
    if (!source.namespaced || source.namespace !== undefined || known.length === 0)
      return { parts: [], refusals: [all] };
    return readEach(cluster, source, known, all, signal);
  }
}

async function readEach(
  cluster: Cluster,
  source: Source,
  known: readonly string[],
  all: Refusal,
  signal?: AbortSignal,
): Promise<ReadSource> {
  const parts: Part[] = [];
  const refusals: Refusal[] = [];
  await eachOf(known, async (namespace) => {
    try {
      parts.push({ namespace, ...(await readList(cluster, source, namespace, signal)) });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refusals.push({ ...refusal(source, error), namespace });
    }
  });
  // What is refused everywhere is said once.
  return { parts, refusals: parts.length === 0 ? [all] : refusals };
}

/** Who may not list namespaces may perhaps read some. That one is not there is an answer as well. */
async function readNamespaces(
  cluster: Cluster,
  source: Source,
  known: readonly string[],
  all: Refusal,
): Promise<ReadSource> {
  const items: Kept[] = [];
  let refused = 0;
  await eachOf(known, async (name) => {
    try {
      const found = await cluster.get({ ...typeMeta('Namespace'), metadata: { name } });
      if (found) items.push(recordOf(source, found));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refused += 1;
    }
  });
  const answered = known.length > 0 && refused < known.length;
  return { parts: answered ? [{ items, resourceVersion: '' }] : [], refusals: [all] };
}

/** A failed list as the report tells it. */
export const refusal = (source: Source, error: ClusterError): Refusal => ({
  code: error instanceof RefusedError ? error.status : undefined,
  verb: 'list',
  // As `kubectl auth can-i` wants it.
  resource: source.apiVersion.includes('/') ? `${source.plural}.${source.apiVersion.split('/')[0]}` : source.plural,
  namespace: source.namespace,
  message: error.message.replace(/^.*?\(context [^)]*\): /, ''),
});
