import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Meta } from '../../../src/status/rules/objects.ts';
import { LocalServer } from '../../cluster/local-server.ts';

interface Stored {
  readonly metadata: Meta & { readonly resourceVersion: string };
}

interface Watch {
  readonly plural: string;
  readonly response: ServerResponse;
}

/** A server that speaks as much of the API as a report needs: lists in pages, and watches. */
export class ApiServer extends LocalServer {
  /** Objects by the plural of their kind. */
  readonly objects = new Map<string, Map<string, Stored>>();
  /** Every request, without its host. */
  readonly requests: URL[] = [];
  /** What is not allowed. */
  forbidden: (path: string) => boolean = () => false;
  /** The next watch that is asked for is too old. */
  gone = false;
  readonly #watches = new Set<Watch>();
  #version = 100;

  override async stop(): Promise<void> {
    this.#watches.clear();
    await super.stop();
  }

  /** Puts an object there, and tells those who watch. */
  put(plural: string, object: { readonly metadata: Meta }): void {
    const all = this.objects.get(plural) ?? new Map<string, Stored>();
    this.objects.set(plural, all);
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const type = all.has(key) ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    all.set(key, stored);
    this.tell(plural, { type, object: stored });
  }

  /** Changes an object behind the back of those who watch. */
  putUnseen(plural: string, object: { readonly metadata: Meta }): void {
    const watches = [...this.#watches];
    this.#watches.clear();
    this.put(plural, object);
    for (const each of watches) this.#watches.add(each);
  }

  remove(plural: string, { metadata }: { readonly metadata: Meta }): void {
    const object = this.objects.get(plural)?.get(`${metadata.namespace}/${metadata.name}`);
    this.objects.get(plural)?.delete(`${metadata.namespace}/${metadata.name}`);
    this.tell(plural, { type: 'DELETED', object });
  }

  /** Sends something to those who watch. */
  tell(plural: string, event: unknown): void {
    for (const each of this.#watches) if (each.plural === plural) each.response.write(`${JSON.stringify(event)}\n`);
  }

  /** Ends all watches in order. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  get watches(): number {
    return this.#watches.size;
  }

  protected answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const asked = new URL(url, 'http://localhost');
    const { pathname, searchParams } = asked;
    this.requests.push(asked);
    const fail = (code: number, message: string) => {
      response.writeHead(code).end(JSON.stringify({ message }));
    };
    if (this.forbidden(pathname)) {
      fail(403, `${pathname} is forbidden`);
      return;
    }
    const [, space, plural = ''] = /(?:namespaces\/([^/]+)\/)?([^/]+)$/.exec(pathname) ?? [];
    if (searchParams.has('watch')) {
      if (this.gone) {
        this.gone = false;
        fail(410, 'too old resource version');
        return;
      }
      const watch = { plural, response };
      response.writeHead(200);
      response.flushHeaders();
      // The labels of what nothing controls: one store serves both.
      if (!searchParams.get('labelSelector')?.startsWith('!')) this.#watches.add(watch);
      response.on('close', () => this.#watches.delete(watch));
      return;
    }
    if (searchParams.get('labelSelector')?.startsWith('!'))
      return void response.end(JSON.stringify({ items: [], metadata: { resourceVersion: '1' } }));
    const all = [...(this.objects.get(plural)?.values() ?? [])].filter(
      ({ metadata }) => space === undefined || metadata.namespace === space,
    );
    const from = Number(searchParams.get('continue') ?? 0);
    const to = from + Number(searchParams.get('limit') ?? all.length);
    const metadata = { resourceVersion: String(this.#version), ...(to < all.length && { continue: String(to) }) };
    response.end(JSON.stringify({ items: all.slice(from, to), metadata }));
  }
}
