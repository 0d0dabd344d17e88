import { setMaxListeners } from 'node:events';
import type { Cluster } from '../../cluster/client.ts';
import type { Staleness } from '../report/document.ts';
import { clockSkew, type Picture, pictureOf } from '../report/picture.ts';
import { readAnything, type View } from '../report/read-picture.ts';
import { type ReadSource, readSource } from '../report/read-source.ts';
import { type SourceName, sources } from '../report/sources.ts';
import { isPassing, type Refusal } from '../rules/absent.ts';
import { defaultTiming, Follower, type Timing } from './follower.ts';
import { Store } from './store.ts';

/** How often it is asked whether the machine was asleep, in milliseconds. */
const sleepCheck = 2000;

/** A picture of a cluster that stays true, as long as the cluster answers. */
export class Live {
  readonly #stores = new Map<SourceName, Store[]>();
  readonly #followers: Follower[] = [];
  readonly #lost = new Map<Follower, Staleness>();
  /** What did not answer, and is asked again. */
  readonly #unanswered = new Map<Follower, Refusal>();
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
  static async open(
    cluster: Cluster,
    { environment, known }: View,
    signal: AbortSignal,
    timing: Timing = defaultTiming,
  ): Promise<Live> {
    // Each source and each of its requests listens to it.
    setMaxListeners(0, signal);
    const begun = new Date();
    const wanted = Object.entries(sources(environment)) as [SourceName, ReturnType<typeof sources>[SourceName]][];
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

  /** How things are now, as far as is known. */
  get picture(): Picture {
    const items = (name: SourceName) => this.#stores.get(name)?.flatMap((store) => store.items) ?? [];
    const { readAnything } = this;
    const refusals = [...this.refusals, ...this.#unanswered.values()];
    return pictureOf(items, { refusals, readAnything, now: new Date(Date.now() + this.skew) });
  }

  /** Since when the picture is not what is, if it isn't. */
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
    const store = new Store();
    this.#stores.set(name, [...(this.#stores.get(name) ?? []), store]);
    const listener = {
      // Leases are renewed all the time, and nothing follows from it.
      changed: () => name !== 'leases' && this.#changed(),
      connected: () => {
        const answered = this.#unanswered.delete(follower);
        if (this.#lost.delete(follower) || answered) this.#changed();
      },
      lost: (error: Error) => {
        if (this.#lost.has(follower)) return;
        this.#lost.set(follower, { since: new Date(), message: error.message });
        this.#changed();
      },
    };
    const list = 'items' in part ? part : undefined;
    const follower = new Follower(cluster, source, part.namespace, store, listener, timing, list);
    if (!('items' in part)) this.#unanswered.set(follower, part);
    // Single namespaces that were read by name can't be watched; they stay as they were.
    if (list?.resourceVersion === '') return;
    this.#followers.push(follower);
    void follower.run(signal);
  }

  /** While a machine sleeps its connections end without a word. */
  #watchSleep(signal: AbortSignal): void {
    let last = Date.now();
    const timer = setInterval(() => {
      const asleep = Date.now() - last > 10 * sleepCheck;
      last = Date.now();
      if (asleep) for (const each of this.#followers) each.reconnect();
    }, sleepCheck);
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }
}
