import type { IncomingMessage } from 'node:http';
import { RefusedError } from '../../cluster/api-errors.ts';
import type { Cluster } from '../../cluster/client.ts';
import { pause } from '../../platform/process/interrupt.ts';
import { type List, readList, recordOf } from '../snapshot/read-list.ts';
import { type Source, sourcePath } from '../snapshot/sources.ts';
import type { InformerStore } from './informer-store.ts';

/** Times of following, in milliseconds. */
export interface Timing {
  /** How long a watch lasts until the server ends it and another one goes on. */
  readonly watch: number;
  /** How long nothing may come: a server sends a bookmark about once a minute. */
  readonly silence: number;
  /** How long an answer may take to begin. */
  readonly answer: number;
  /** The first wait before trying again, which doubles up to the last. */
  readonly backoff: readonly [number, number];
}

/** Below the five minutes after which many proxies end a connection, and above the minute between two bookmarks. */
export const defaultTiming: Timing = { watch: 290_000, silence: 100_000, answer: 30_000, backoff: [500, 8000] };

/** The functions that an informer calls. */
export interface Listener {
  changed(): void;
  /** The server answers; what is in the store is how it is. */
  connected(): void;
  /** It doesn't, and is asked again. */
  lost(error: Error): void;
}

/**
 * Keeps a store as the objects of a source are: from a list on by watches. One that breaks off or falls silent is taken up
 * where it was; where the server no longer knows that far back, the list is read again.
 */
export class Informer {
  #version: string | undefined;
  #connection = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    private readonly source: Source,
    private readonly namespace: string | undefined,
    private readonly store: InformerStore,
    private readonly listener: Listener,
    private readonly timing: Timing,
    /** What was read already; without it that is done first. */
    list?: List,
  ) {
    this.#version = list?.resourceVersion;
    if (list) store.replace(list.items);
  }

  /** Gives up the connection, which may be dead without anybody having noticed, and makes another one. */
  reconnect(): void {
    this.#connection.abort(new Error('reconnecting'));
  }

  /** Follows until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const [shortest, longest] = this.timing.backoff;
    let wait = shortest;
    while (!signal.aborted) {
      this.#connection = new AbortController();
      const begun = performance.now();
      try {
        await this.#connect(AbortSignal.any([signal, this.#connection.signal]));
        wait = shortest;
      } catch (error) {
        if (signal.aborted) return;
        this.listener.lost(this.#explained(error as Error));
        // One that lasted is taken up at once.
        if (performance.now() - begun > longest) wait = shortest;
      }
      // A server or a proxy that ends each watch at once is not to be asked without a break.
      const rest = performance.now() - begun > wait ? 0 : wait;
      wait = Math.min(wait * 2, longest);
      if (rest > 0) await pause(rest * (0.5 + Math.random() / 2), signal).catch(() => {});
    }
  }

  /** Why a connection was lost, in words. */
  #explained(error: Error): Error {
    const { reason, aborted } = this.#connection.signal;
    if (aborted) return reason as Error;
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') return error;
    return new Error(`lost the connection to ${this.cluster.server}`, { cause: error });
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const watchdog = new Watchdog(this.#connection, this.timing.answer);
    try {
      if (this.#version === undefined) {
        const list = await readList(this.cluster, this.source, this.namespace, signal);
        this.store.replace(list.items);
        this.#version = list.resourceVersion;
        this.listener.changed();
      }
      const parameters = {
        ...this.source.parameters,
        watch: '1',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(Math.max(1, Math.round(this.timing.watch / 1000))),
        resourceVersion: this.#version,
      };
      watchdog.pat();
      const answer = await this.cluster.read(sourcePath(this.source, this.namespace), parameters, signal);
      this.listener.connected();
      watchdog.limit = this.timing.silence;
      watchdog.pat();
      await this.#hear(answer, watchdog);
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 410)) throw error;
      this.#version = undefined;
    } finally {
      watchdog.stop();
    }
  }

  async #hear(answer: IncomingMessage, watchdog: Watchdog): Promise<void> {
    for await (const event of eventsIn(answer, () => watchdog.pat())) {
      if (event.type === 'ERROR') {
        const { code, message } = event.object as { code?: number; message?: string };
        // The list is read again, whatever it was: what was missed can't be told.
        this.#version = undefined;
        if (code === 410) return;
        throw new Error(message ?? 'the watch failed');
      }
      this.#version = event.object.metadata?.resourceVersion ?? this.#version;
      if (event.type === 'BOOKMARK') continue;
      const item = recordOf(this.source, event.object as never);
      if (event.type === 'DELETED') this.store.remove(item);
      else this.store.put(item);
      this.listener.changed();
    }
  }
}

/** Ends a connection on which nothing comes. */
class Watchdog {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: AbortController,
    public limit: number,
  ) {
    this.pat();
  }

  pat(): void {
    clearTimeout(this.#timer);
    const silent = () => this.connection.abort(new Error(`no data for ${this.limit / 1000} s`));
    this.#timer = setTimeout(silent, this.limit);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** What happened to an object, as a watch tells it. */
interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: { readonly metadata?: { readonly resourceVersion?: string } };
}

/**
 * The events of a watch, as they come; a last one that is cut off is left out.
 *
 * @param heard called for each piece of the answer, which may be a part of an event
 */
async function* eventsIn(answer: IncomingMessage, heard: () => void): AsyncGenerator<WatchEvent> {
  answer.setEncoding('utf8');
  let rest: string[] = [];
  for await (const piece of answer as AsyncIterable<string>) {
    heard();
    const lines = piece.split('\n');
    if (lines.length > 1) {
      lines[0] = rest.join('') + lines[0];
      rest = [];
    }
    rest.push(lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as WatchEvent;
  }
}
