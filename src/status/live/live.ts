import { setMaxListeners } from 'node:events';
import type { Cluster } from '../../cluster/client.ts';
import type { Staleness } from '../report/document.ts';
import { isPassing, type Refusal } from '../rules/absent.ts';
import { readAnything, type View } from '../snapshot/read-snapshot.ts';
import { type ReadSource, readSource } from '../snapshot/read-source.ts';
import { clockSkew, type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import { isExpected, isTelling, type SourceName, sources } from '../snapshot/sources.ts';
import { defaultTiming, Informer, type Timing } from './informer.ts';
import { InformerStore } from './informer-store.ts';

/** How often it is asked whether the machine was asleep, in milliseconds. */
const sleepCheck = 2000;

/** A snapshot of a cluster that stays true, as long as the cluster answers. */
export class Live {
  readonly #stores = new Map<SourceName, InformerStore[]>();
  readonly #informers: Informer[] = [];
  readonly #lost = new Map<Informer, Staleness>();
  /** What did not answer, and is asked again. */
  readonly #unanswered = new Map<Informer, Refusal>();
  #changed: () => void = () => {};

  private constructor(
    private readonly refusals: readonly Refusal[],
    private readonly readAnything: boolean,
    private readonly skew: number,
  ) {}

  /**
   * Reads everything once, and follows it until the signal ends it.
   *
   * @throws ClusterError if the server can't be reached
   */
  static async open(cluster: Cluster, view: View, signal: AbortSignal, timing: Timing = defaultTiming): Promise<Live> {
    const { environment, known } = view;
    // Each source and each of its requests listens to it.
    setMaxListeners(0, signal);
    const begun = new Date();
    const wanted = (
      Object.entries(sources(environment)) as [SourceName, ReturnType<typeof sources>[SourceName]][]
    ).filter(([name]) => isExpected(name, view) && !isTelling(name));
    const read = new Map<SourceName, ReadSource>(
      await Promise.all(
        wanted.map(async ([name, source]) => [name, await readSource(cluster, source, known, signal)] as const),
      ),
    );
    const refusals = [...read.values()].flatMap((each) => each.refusals);
    const live = new Live(
      refusals.filter((each) => !isPassing(each)),
      // What did not answer may yet.
      readAnything(read) || refusals.some(isPassing),
      clockSkew(read.get('pods')?.parts[0]?.date, begun),
    );
    for (const [name, source] of wanted) {
      for (const part of read.get(name)?.parts ?? []) live.#follow(cluster, name, source, part, signal, timing);
      for (const refusal of read.get(name)?.refusals.filter(isPassing) ?? [])
        live.#follow(cluster, name, source, refusal, signal, timing);
    }
    live.#watchSleep(signal);
    return live;
  }

  /** Calls when something has changed: an object, or whether the cluster answers. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** The objects as they were heard of last. */
  get snapshot(): Snapshot {
    const items = (name: SourceName) => this.#stores.get(name)?.flatMap((store) => store.items) ?? [];
    const { readAnything } = this;
    const refusals = [...this.refusals, ...this.#unanswered.values()];
    return snapshotOf(items, { refusals, readAnything, now: new Date(Date.now() + this.skew) });
  }

  /** Since when the server has not answered; `undefined` while it does. */
  get staleness(): Staleness | undefined {
    return [...this.#lost.values()].toSorted((a, b) => a.since.getTime() - b.since.getTime())[0];
  }

  #follow(
    cluster: Cluster,
    name: SourceName,
    source: ReturnType<typeof sources>[SourceName],
    part: ReadSource['parts'][number] | Refusal,
    signal: AbortSignal,
    timing: Timing,
  ): void {
    const store = new InformerStore();
    this.#stores.set(name, [...(this.#stores.get(name) ?? []), store]);
    const listener = {
      // Leases are renewed all the time, and nothing follows from it.
      changed: () => name !== 'leases' && this.#changed(),
      connected: () => {
        const answered = this.#unanswered.delete(informer);
        if (this.#lost.delete(informer) || answered) this.#changed();
      },
      lost: (error: Error) => {
        if (this.#lost.has(informer)) return;
        this.#lost.set(informer, { since: new Date(), message: error.message });
        this.#changed();
      },
    };
    const list = 'items' in part ? part : undefined;
    const informer = new Informer(cluster, source, part.namespace, store, listener, timing, list);
    if (!('items' in part)) this.#unanswered.set(informer, part);
    // Single namespaces that were read by name can't be watched; they stay as they were.
    if (list?.resourceVersion === '') return;
    this.#informers.push(informer);
    void informer.run(signal);
  }

  /** While a machine sleeps its connections end without a word. */
  #watchSleep(signal: AbortSignal): void {
    let last = Date.now();
    const timer = setInterval(() => {
      const asleep = Date.now() - last > 10 * sleepCheck;
      last = Date.now();
      if (asleep) for (const each of this.#informers) each.reconnect();
    }, sleepCheck);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
}
