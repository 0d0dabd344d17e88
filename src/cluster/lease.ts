import { exitCodes, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { RefusedError } from './api-errors.ts';
import type { Cluster } from './client.ts';
import {
  holderText,
  isFree,
  type LeaseObject,
  newLease,
  renewed,
  type Sight,
  sightOf,
  takenOver,
} from './lease-object.ts';
import { mustBeOwn } from './namespaces.ts';
import type { Claimant } from './ownership.ts';

/** How often a holder gives a sign of life. */
const renewalMilliseconds = 4000;

export interface LeaseOptions extends Claimant {
  /** Where nothing else may change anything meanwhile. One that is not there, or is being deleted, needs no lease. */
  readonly namespaces: readonly string[];
  /** How long to wait for others, in seconds. */
  readonly timeout: number;
  readonly report: (line: string) => void;
  /** Breaks the work off; the leases are given back. */
  readonly signal?: AbortSignal;
}

/** Another command has taken a lease over, since this one gave no sign of life. What it does is broken off. */
export class TakenOverError extends InterruptedError {
  override readonly exitCode: number = exitCodes.unhealthy;
}

/**
 * Does something while no other command changes the same namespaces: each has a Lease, which is renewed meanwhile. Who
 * comes second waits. The lease of a command that was killed is taken over: at once if it ran on this machine, after
 * its time elsewhere.
 *
 * @throws UsageError if one of them is not this environment's, or is one of a real cluster
 * @throws TimeoutError if another command holds one of them for too long
 * @throws TakenOverError if this one gave no sign for so long that another has taken over
 */
export async function withLeases<Result>(
  cluster: Cluster,
  options: LeaseOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const { signal } = options;
  await mustBeOwn(cluster, options.namespaces, options);
  const held: Lease[] = [];
  const broken = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // The work may have ended before.
  broken.catch(() => undefined);
  try {
    // In the same order everywhere, so that no two commands wait for each other.
    for (const namespace of options.namespaces) {
      const lease = await take(cluster, namespace, options);
      if (lease) held.push(lease);
    }
    return await Promise.race([work(), broken, ...held.map(({ lost }) => lost)]);
  } finally {
    await Promise.all(held.map((lease) => lease.release()));
  }
}

/** A lease that is held, until it is released. */
class Lease {
  /** Rejects if another command has taken it over. */
  readonly lost: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();

  constructor(
    readonly cluster: Cluster,
    private object: LeaseObject,
  ) {
    this.lost = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.lost.catch(() => undefined);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#renewal = this.#renew();
    }, renewalMilliseconds);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    try {
      this.object = await this.cluster.replace(renewed(this.object));
    } catch (error) {
      if (error instanceof RefusedError && (await this.#isLost(error))) return;
    }
    this.#schedule();
  }

  /** What can't be asked may come back in time; a note that somebody has put on it doesn't matter. */
  async #isLost({ status }: RefusedError): Promise<boolean> {
    if (status !== 409 && status !== 404) return false;
    const { namespace } = this.object.metadata;
    const found = await this.cluster.get<LeaseObject>(this.object).catch(() => this.object);
    if (found && found.spec.holderIdentity === this.object.spec.holderIdentity) {
      this.object = found;
      return false;
    }
    const who = found ? holderText(found) : 'somebody who has deleted its Lease';
    this.#fail(new TakenOverError(`${namespace} was taken over by ${who}: this command gave no sign for too long`));
    return true;
  }

  async release(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#renewal;
    clearTimeout(this.#timer);
    // Taken over it is not ours to delete; where it can't be, it ends by itself.
    await this.cluster.remove(this.object, this.object.metadata).catch(() => undefined);
  }
}

/** In a namespace that isn't there, or that is being deleted, nothing can be made: there is nothing to keep apart. */
const hasNoNamespace = ({ status, message }: RefusedError): boolean =>
  status === 404 || (status === 403 && message.includes('because it is being terminated'));

async function take(
  cluster: Cluster,
  namespace: string,
  { timeout, report, signal }: LeaseOptions,
): Promise<Lease | undefined> {
  const own = newLease(namespace);
  let seen: Sight | undefined;
  const ask = async (waiting: (why: string) => undefined): Promise<Lease | null | undefined> => {
    try {
      if (!seen) return new Lease(cluster, await cluster.create(own));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (hasNoNamespace(error)) return null;
      if (!isOthers(error)) throw error;
    }
    const lease = await cluster.get<LeaseObject>(own);
    seen = lease && sightOf(lease, seen, performance.now());
    if (!lease || !seen) return undefined;
    if (!isFree(seen, performance.now())) return waiting(holderText(lease));
    try {
      return new Lease(cluster, await cluster.replace(takenOver(lease, own)));
    } catch (error) {
      if (isOthers(error)) return undefined;
      throw error;
    }
  };
  const expired = (holder: string | undefined) =>
    new TimeoutError(
      `${namespace}: not free within ${timeout} s; held by: ${holder ?? 'a command that has just started'}`,
      'Wait for it, or stop it with Ctrl-C in its terminal',
    );
  const lease = await poll(ask, expired, {
    timeout: timeout * 1000,
    signal,
    report: (holder) => report(`${namespace}: waiting for another command: ${holder}`),
  });
  return lease ?? undefined;
}

/** Somebody else was faster. */
const isOthers = (error: unknown): boolean =>
  error instanceof RefusedError && (error.status === 409 || error.status === 404);
