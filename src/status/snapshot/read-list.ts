import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { RefusedError } from '../../cluster/api-errors.ts';
import type { Cluster } from '../../cluster/client.ts';
import type { Meta } from '../rules/objects.ts';
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
  for (let asked = ask(); ; ) {
    const answer = await asked;
    let ahead: Promise<IncomingMessage> | undefined;
    const bytes = await read(answer, (next) => {
      ahead = ask(next);
      // It is waited for when this page has been read, which may fail before that.
      ahead.catch(() => {});
    });
    const page = JSON.parse(String(source.managed ? bytes : withoutManagedFields(bytes))) as Page;
    for (const item of page.items ?? []) items.push(recordOf(source, item));
    const next = page.metadata?.continue;
    if (next) {
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

const parts = ['metadata', 'spec', 'status'] as const;

/** @throws Error if a part of an object is there, and is something else than fields and values */
function mustBeObject(item: Readonly<Partial<Record<(typeof parts)[number], unknown>>>, part: (typeof parts)[number]) {
  const value = item[part];
  if (value != null && (typeof value !== 'object' || Array.isArray(value))) throw new Error(`its ${part} is no object`);
}

/**
 * An object as the report keeps it. One that is not as the API says that it is does not take the others with it: it is kept by
 * its name, and what is wrong.
 */
export function recordOf(source: Source, item: never): Kept {
  try {
    for (const part of parts) mustBeObject(item, part);
    return source.record(item);
  } catch (error) {
    const { kind, metadata } = (item ?? {}) as { kind?: string; metadata?: Partial<Meta> | null };
    const { name = '(no name)', namespace, uid, labels } = metadata ?? {};
    const unreadable = (error as Error).message;
    const stub = {
      metadata: { name, namespace, uid, labels: labels ?? undefined, unreadable },
      spec: { containers: [] },
    };
    return { ...stub, kind: source.kind ?? kind } as Kept;
  }
}

/**
 * A page. Where the next one begins stands before its items, so that the server can work on that one while this
 * one is read.
 *
 * @param more is told where the next page begins, if the page says so in time
 */
async function read(answer: IncomingMessage, more: (next: string) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Thousands of pieces come: to iterate over them takes twice the time.
  answer.on('data', (chunk: Buffer) => {
    const begins = chunks.length === 0;
    chunks.push(chunk);
    const next = begins ? nextPage.exec(String(chunk))?.[1] : undefined;
    if (next) more(next);
  });
  await finished(answer);
  return Buffer.concat(chunks);
}

/** The token of the next page in the beginning of a list as the API server writes it. */
const nextPage = /^\{"kind":"\w+","apiVersion":"[\w./]+","metadata":\{"resourceVersion":"\d*","continue":"([\w+/=-]+)"/;
