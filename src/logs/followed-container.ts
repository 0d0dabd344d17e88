import type { Cluster } from '../cluster/client.ts';
import { ClusterError } from '../platform/errors.ts';
import type { Container } from './containers.ts';
import type { Position } from './position.ts';
import type { Entry } from './printer.ts';
import { readLog, refused } from './read-log.ts';

/** Who gets what is read. */
export interface Followed {
  /** Takes lines; resolves when it can take more. */
  push(entries: readonly Entry[]): Promise<void>;
  /** Takes what is said about a container beside its log. */
  remark(container: Container, text: string): void;
}

/** A container whose log is followed over broken connections and restarts, one connection at a time. */
export class FollowedContainer {
  /** As it was seen last. */
  container: Container | undefined;
  #busy = false;
  #connection = new AbortController();
  /** Instances whose logs were read to their end. */
  readonly #complete = new Set<string>();
  #instance: string | undefined;
  /** How often each remark came. */
  readonly #remarks = new Map<string, number>();

  constructor(
    private readonly receiver: Followed,
    private readonly cluster: Cluster,
    private readonly position: Position,
  ) {}

  /**
   * Leaves instances out.
   *
   * @param complete those that need not be read
   * @param current the one that is there when following begins
   */
  skip(complete: readonly (string | undefined)[], current: string | undefined): void {
    for (const id of complete) if (id) this.#complete.add(id);
    this.#instance = current;
  }

  /** Takes note of how the container is now. @returns whether it was started again since the last time */
  saw(container: Container): boolean {
    this.container = container;
    const before = this.#instance;
    this.#instance = container.current?.id ?? before;
    return before !== undefined && before !== this.#instance;
  }

  /** Reads what is new; returns at once if a read is running. */
  async read({ current, last }: Container): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (last && last.id !== current?.id && !this.#complete.has(last.id)) {
        // Its connection may have broken off before its end.
        if (await this.#stream({ previous: 'true' })) this.#complete.add(last.id);
      }
      if (current && !this.#complete.has(current.id)) {
        const ended = await this.#stream(current.running ? { follow: 'true' } : {});
        if (ended && !current.running) this.#complete.add(current.id);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Whether it is being read. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Breaks the connection, if there is one; the next reading goes on where it was. */
  reconnect(): void {
    this.#connection.abort();
    this.#connection = new AbortController();
  }

  /** @returns whether the log was read to its end, or there is nothing more to get */
  async #stream(parameters: Readonly<Record<string, string>>): Promise<boolean> {
    const container = this.container;
    const { signal } = this.#connection;
    if (!container || signal.aborted) return false;
    try {
      const asked = { ...this.position.begin(), ...parameters };
      for await (const { lines, remarks } of readLog(this.cluster, container, asked, signal)) {
        for (const each of remarks) this.#remark(container, each);
        const entries = lines.filter((line) => this.position.accept(line)).map((line) => ({ ...line, container }));
        if (entries.length > 0) await this.receiver.push(entries);
      }
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof ClusterError)) throw error;
      // That the server is away is said by who asks it for the pods.
      if (!refused(error)) return false;
      if (parameters.previous) return true;
      this.#remark(container, error.message);
      return false;
    }
  }

  #remark(container: Container, text: string): void {
    const count = (this.#remarks.get(text) ?? 0) + 1;
    this.#remarks.set(text, count);
    // Of a pod that is just going there is no log, which is not worth a word; nor is what was said before.
    if (count === 2) this.receiver.remark(container, text);
  }
}
