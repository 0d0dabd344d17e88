import { type Commands, commands } from './commands.ts';
import { containersOf, type ObservedContainer } from './container.ts';
import { eventsAbout } from './events.ts';
import type { Event, Pod } from './objects.ts';
import type { Health, Surroundings } from './verdict.ts';

/** What the rules are asked about a pod. */
export interface PodFacts {
  readonly pod: Pod;
  readonly containers: readonly ObservedContainer[];
  /** Those about the pod, the latest last. */
  readonly events: readonly Event[];
  readonly run: Commands;
  readonly around: Surroundings;
}

/** A row of the decision table: a verdict if it matches. */
export type PodRule = (facts: PodFacts) => Health | undefined;

/** What the rules read of a pod, with its containers in the order of their start and its own events. */
export const podFacts = (pod: Pod, around: Surroundings): PodFacts => ({
  pod,
  containers: containersOf(pod),
  events: eventsAbout('Pod', pod.metadata, around.events),
  run: commands(pod.metadata, around),
  around,
});

/** A rule about a container as one about a pod: its first container that matches. */
export const anyContainer =
  (rule: (container: ObservedContainer, facts: PodFacts) => Health | undefined): PodRule =>
  (facts) => {
    for (const container of facts.containers) {
      const health = rule(container, facts);
      if (health) return health;
    }
    return undefined;
  };

/**
 * The command that shows what a container wrote. Those that run before or beside a service's own container, and the tries
 * of a job, only kubectl can tell apart.
 *
 * @param previous of the one before the last restart
 */
export function logsOf({ name, init, sidecar }: ObservedContainer, { pod, run }: PodFacts, previous: boolean): string {
  const ofJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job');
  const service = init || sidecar || ofJob || pod.spec.containers.length > 1 ? undefined : run.serviceLogs(previous);
  return service ?? run.kubectl('logs', pod.metadata.name, '-c', name, ...(previous ? ['--previous'] : []));
}

/** Whether all of its containers have ended for good. */
export const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Failed' || status?.phase === 'Succeeded';
