import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { RefusedError } from '../../cluster/api-errors.ts';
import type { Cluster } from '../../cluster/client.ts';
import { ClusterError } from '../../platform/errors.ts';
import { oneLine } from '../../platform/text.ts';
import { keepNewSpaceSmall } from '../../platform/v8.ts';
import type { Meta } from '../rules/objects.ts';
import { AnswerBytes } from './answer-bytes.ts';
import { labels as labelled } from './common-shapes.ts';
import { type Source, sourcePath } from './sources.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** An object as the report keeps it. */
export interface Kept {
  readonly metadata: Meta;
}

export interface List {
  readonly items: readonly Kept[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
  /** The API server's clock when it answered; it tells whole seconds. */
  readonly date?: Date;
}

interface Page {
  readonly items?: readonly never[];
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

/** Objects in a page, as many as kubectl asks for. A pod's JSON is about 6 kB. */
const pageSize = '500';

/** How often a list is begun again whose next page is no longer to be had. */
const attempts = 3;

/**
 * Reads all objects of a source a page at a time, of which no more than the records stay in memory.
 *
 * @throws RefusedError if it is refused, ClusterError if the server can't be reached
 */
export async function readList(
  cluster: Cluster,
  source: Source,
  namespace?: string,
  signal?: AbortSignal,
): Promise<List> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readPages(cluster, source, namespace, signal);
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 410) || attempt === attempts) throw error;
    }
  }
}

async function readPages(cluster: Cluster, source: Source, namespace?: string, signal?: AbortSignal): Promise<List> {
  const path = sourcePath(source, namespace);
  const ask = (next?: string) =>
    cluster.read(path, { ...source.parameters, limit: pageSize, ...(next && { continue: next }) }, signal);
  const items: Kept[] = [];
  const into = new AnswerBytes();
  for (let asked = ask(); ; ) {
    const answer = await asked;
    let ahead: Promise<IncomingMessage> | undefined;
    await read(answer, into, (next) => {
      ahead = ask(next);
      // It is waited for when this page has been read, which may fail before that.
      ahead.catch(() => {});
    });
    const page = pageIn(String(source.managed ? into.bytes : withoutManagedFields(into.bytes)), source, cluster);
    for (const item of page.items ?? []) items.push(recordOf(source, item));
    const next = page.metadata?.continue;
    if (next) {
      keepNewSpaceSmall();
      asked = ahead ?? ask(next);
      continue;
    }
    const date = new Date(answer.headers.date ?? '');
    return {
      items,
      resourceVersion: page.metadata?.resourceVersion ?? '',
      ...(!Number.isNaN(date.getTime()) && { date }),
    };
  }
}

/** @throws ClusterError if an answer is no list */
function pageIn(answer: string, { plural }: Source, { server, context }: Cluster): Page {
  let page: unknown;
  try {
    page = JSON.parse(answer);
  } catch {
    // Is no list either, which is said below.
  }
  if (typeof page === 'object' && page !== null && Array.isArray((page as Page).items ?? [])) return page;
  throw new ClusterError(
    `can't list ${plural} on ${server} (context ${context}): not an answer of Kubernetes: ${oneLine(answer)}`,
    'Is this the address of the API server? A proxy or a login page may answer instead',
  );
}

/**
 * An object as the report keeps it. One whose fields do not have the types that the API gives them is kept by what can be read
 * of its metadata, and with what is wrong: `its spec.replicas is a string, expected a whole number`.
 */
export function recordOf(source: Source, item: unknown): Kept {
  const wrong = source.shape(item);
  if (wrong === undefined) return source.record(item as never);
  const { metadata } = (item ?? {}) as { readonly metadata?: unknown };
  const known = partOf(metadata);
  const unreadable = `it${wrong.replace(/^\./, 's ')}`;
  return { kind: source.kind, metadata: { ...known, unreadable }, spec: { containers: [] } } as Kept;
}

/** The metadata of which the report can't do without, as far as they have the right types. */
function partOf(metadata: unknown): Pick<Meta, 'name' | 'namespace' | 'uid' | 'labels'> {
  const { name, namespace, uid, labels } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  const string = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    name: string(name) ?? '(no name)',
    namespace: string(namespace),
    uid: string(uid),
    labels: labelled(labels) === undefined ? (labels as Meta['labels']) : undefined,
  };
}

/**
 * A page. Where the next one begins stands before its items, so that the server can work on that one while this
 * one is read.
 *
 * @param into gets its bytes
 * @param more is told where the next page begins, if the page says so in time
 */
async function read(answer: IncomingMessage, into: AnswerBytes, more: (next: string) => void): Promise<void> {
  into.clear();
  let begins = true;
  // Thousands of pieces come: to iterate over them takes twice the time.
  answer.on('data', (piece: Buffer) => {
    into.add(piece);
    const next = begins ? nextPage.exec(String(piece))?.[1] : undefined;
    begins = false;
    if (next) more(next);
  });
  await finished(answer);
}

/** The token of the next page in the beginning of a list as the API server writes it. */
const nextPage = /^\{"kind":"\w+","apiVersion":"[\w./]+","metadata":\{"resourceVersion":"\d*","continue":"([\w+/=-]+)"/;
