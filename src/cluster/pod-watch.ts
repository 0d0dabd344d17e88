import { setTimeout as sleep } from 'node:timers/promises';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from './client.ts';

const pollMilliseconds = 2000;

/** Sees when pods of an environment go; one request every two seconds for all that ask. */
export class PodWatch {
  #current: Promise<readonly ManifestObject[]> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly environment: string,
  ) {}

  /** Resolves once a pod of an object that is there now is gone, or going. */
  async goneOf(namespace: string, object: string): Promise<void> {
    const before = await this.#pods(namespace, object);
    for (;;) {
      const now = await this.#pods(namespace, object);
      if (!before.every((uid) => now.includes(uid))) return;
    }
  }

  async #pods(namespace: string, object: string): Promise<string[]> {
    this.#current ??= this.#poll();
    const pods = await this.#current;
    return pods.flatMap(({ metadata }) => {
      const { uid, deletionTimestamp } = metadata as { uid?: string; deletionTimestamp?: string };
      const own = metadata?.namespace === namespace && metadata.labels?.[labelKeys.instance] === object;
      return own && uid && !deletionTimestamp ? [uid] : [];
    });
  }

  async #poll(): Promise<readonly ManifestObject[]> {
    const labels = { [labelKeys.partOf]: this.environment };
    for (;;) {
      await sleep(pollMilliseconds);
      try {
        const pods = await this.cluster.list<ManifestObject>('v1', 'Pod', { labels });
        this.#current = undefined;
        return pods;
      } catch {
        // The API server is away; what is open may still work.
      }
    }
  }
}
