import { labelKeys } from '../../charts/common/labels.ts';
import type { Cluster } from '../cluster/client.ts';
import { clean } from '../platform/terminal/clean.ts';
import type { ServiceReport } from '../status/report/report.ts';
import type { Pod } from '../status/rules/objects.ts';

/** How long a container may run without getting ready before it is looked into, in milliseconds. */
const patience = 20_000;

/** How many lines are read, and of these shown. */
const count = { read: 40, shown: 8 };

/** Lines by the object that wrote them. */
export type Lines = ReadonlyMap<string, readonly string[]>;

/** A container that runs and is not ready. */
interface Unready {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Tells this instance of the container from the one after a restart. */
  readonly id: string;
}

/**
 * What containers wrote last that run and don't get ready: where something like `node --watch` runs a program, its crash
 * leaves the container running, and nothing but its log tells.
 */
export class LastLines {
  readonly #since = new Map<string, number>();
  readonly #read = new Map<string, readonly string[]>();

  constructor(private readonly cluster: Cluster) {}

  /** Of those that have been like this for long; each instance of a container is asked once. */
  of(services: readonly ServiceReport[], pods: readonly Pod[], now = performance.now()): Promise<Lines> {
    return this.#lines(services, pods, async (unready) => {
      const since = this.#since.get(unready.id) ?? now;
      this.#since.set(unready.id, since);
      if (now - since < patience) return [];
      const read = this.#read.get(unready.id) ?? (await this.#tail(unready));
      this.#read.set(unready.id, read);
      return read;
    });
  }

  /** As they are by now, of all. */
  latest(services: readonly ServiceReport[], pods: readonly Pod[]): Promise<Lines> {
    return this.#lines(services, pods, (unready) => this.#tail(unready));
  }

  async #lines(
    services: readonly ServiceReport[],
    pods: readonly Pod[],
    read: (unready: Unready) => Promise<readonly string[]>,
  ): Promise<Lines> {
    const found = await Promise.all(
      services.map(async (service) => {
        const unready = unreadyOf(service, pods);
        return [service.object, unready ? await read(unready) : []] as const;
      }),
    );
    return new Map(found.filter(([, lines]) => lines.length > 0));
  }

  async #tail({ namespace, pod: name, container }: Unready): Promise<string[]> {
    try {
      const answer = await this.cluster.logs({ namespace, name, container }, { tailLines: String(count.read) });
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      return telling(text);
    } catch {
      // It may just have been replaced; why it isn't ready is only a help.
      return [];
    }
  }
}

/** The last lines of a log, without the frames of stacks: the error itself may stand above them. */
export const telling = (log: string): string[] =>
  clean(log)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s+(at \S.*|File ".*", line \d+.*|\^+)$/.test(line))
    .slice(-count.shown);

/** The first container of something that keeps it from being ready by itself. */
function unreadyOf({ namespace, object, health }: ServiceReport, pods: readonly Pod[]): Unready | undefined {
  if (health.status === 'healthy' || health.waitingFor !== undefined) return undefined;
  for (const { metadata, status } of pods) {
    if (metadata.namespace !== namespace || metadata.labels?.[labelKeys.instance] !== object) continue;
    const found = status?.containerStatuses?.find(({ state, ready }) => state?.running && !ready);
    if (!found) continue;
    const { name: pod } = metadata;
    const { name: container, state } = found;
    return { namespace, pod, container, id: `${namespace}/${pod}/${container} ${state?.running?.startedAt}` };
  }
  return undefined;
}
