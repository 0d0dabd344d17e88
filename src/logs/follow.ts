import { setTimeout as sleep } from 'node:timers/promises';
import { isForbidden } from '../cluster/api-errors.ts';
import type { Cluster } from '../cluster/client.ts';
import { ClusterError } from '../platform/errors.ts';
import { type Container, containers, type Pod } from './containers.ts';
import { type Followed, FollowedContainer } from './followed-container.ts';
import { Position } from './position.ts';
import type { Selection } from './selection.ts';

/** How often the cluster is asked which pods there are, in milliseconds. */
const interval = 1000;

export interface FollowOptions extends Followed {
  readonly cluster: Cluster;
  readonly selection: Selection;
  /** What happens to pods and to the connection. */
  notice(text: string): void;
  /** A pod's name for notices. */
  podName(pod: Pod['metadata']): string;
  readonly signal: AbortSignal;
}

/** What was read before following begins. */
export interface Beginning {
  readonly pods: readonly Pod[];
  /** How far the logs of containers were read, by their keys. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Instances of containers whose logs were read to their end. */
  readonly complete: ReadonlySet<string>;
}

/** Follows the logs of a selection's pods, those that come later included, until the signal ends it. */
export async function follow(options: FollowOptions, beginning: Beginning): Promise<void> {
  const { cluster, selection, signal } = options;
  const followed = new Map<string, FollowedContainer>();
  const running = new Set<Promise<void>>();
  const known = new Map(beginning.pods.map(({ metadata }) => [metadata.uid, metadata]));
  const failures: unknown[] = [];
  let absences = 0;
  let pods = beginning.pods;
  while (!signal.aborted && failures.length === 0) {
    for (const container of pods.flatMap(containers)) {
      const { key, last } = container;
      const each = followed.get(key) ?? begin(container);
      followed.set(key, each);
      if (each.saw(container))
        options.notice(`${options.podName(container.pod)} ${restarted(container, last?.ending)}`);
      const reading = each
        .read(container)
        .catch((error: unknown) => failures.push(error))
        .then(() => void running.delete(reading));
      running.add(reading);
    }
    await sleep(interval, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    try {
      pods = await until(cluster.list<Pod>('Pod', selection.pods), signal);
    } catch (error) {
      if (signal.aborted) break;
      // A token may have expired just then; to be refused twice is no absence, and does not end by waiting.
      if (!(error instanceof ClusterError) || (isForbidden(error) && absences > 0)) throw error;
      absences += 1;
      // A connection that broke off just then does not mean that the server is away.
      if (absences === 2) options.notice(`${error.message}; waiting for it`);
      continue;
    }
    if (absences > 1) options.notice(`${cluster.server} answers again`);
    if (absences > 0) {
      // A connection that outlived the server's absence may be a dead one that nobody has noticed.
      for (const each of followed.values()) each.reconnect();
    }
    absences = 0;
    comeAndGo();
  }
  for (const each of followed.values()) each.reconnect();
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];

  function begin(container: Container): FollowedContainer {
    const { key, current, last } = container;
    const position = beginning.positions.get(key) ?? new Position();
    const each = new FollowedContainer(options, cluster, position);
    // What a container wrote before its last restart is not asked for, unless it came after following began.
    if (beginning.pods.some(({ metadata }) => metadata.uid === container.pod.uid))
      each.skip([last?.id, ...(current && beginning.complete.has(current.id) ? [current.id] : [])], current?.id);
    return each;
  }

  function comeAndGo(): void {
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const [uid, pod] of known) {
      if (present.has(uid)) continue;
      options.notice(`${options.podName(pod)} is gone`);
      known.delete(uid);
    }
    // The last lines of a pod may still be on their way when it is gone.
    for (const [key, { busy, container }] of followed)
      if (!busy && container && !present.has(container.pod.uid)) followed.delete(key);
    for (const { metadata } of pods) {
      if (known.has(metadata.uid)) continue;
      options.notice(`${options.podName(metadata)} is new`);
      known.set(metadata.uid, metadata);
    }
  }
}

const restarted = ({ name, main }: Container, ending: string | undefined): string =>
  `was started again${main ? '' : ` (${name})`}${ending ? ` after ${ending}` : ''}`;

/** Waits for a promise no longer than until the signal comes. */
function until<Type>(promise: Promise<Type>, signal: AbortSignal): Promise<Type> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
