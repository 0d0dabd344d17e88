import type { Event, Meta } from './objects.ts';

const lastSeen = (event: Event): string =>
  event.series?.lastObservedTime ??
  event.lastTimestamp ??
  event.eventTime ??
  event.firstTimestamp ??
  event.metadata.creationTimestamp ??
  '';

export const firstSeen = (event: Event): string =>
  event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';

/** The events about an object, the latest last. An object that was made anew under the name does not get the old one's. */
export function eventsAbout(kind: string, { name, namespace, uid }: Meta, events: readonly Event[] = []): Event[] {
  return events
    .filter(({ involvedObject: about }) =>
      uid !== undefined && about.uid !== undefined
        ? about.uid === uid
        : about.kind === kind && about.name === name && about.namespace === namespace,
    )
    .sort((a, b) => Date.parse(lastSeen(a)) - Date.parse(lastSeen(b)));
}

/** The latest event for one of the reasons, unless one of those that end it came later. */
export function standing(
  events: readonly Event[],
  reasons: readonly string[],
  endedBy: readonly string[] = [],
): Event | undefined {
  const event = events.findLast(({ reason = '' }) => reasons.includes(reason) || endedBy.includes(reason));
  return event && reasons.includes(event.reason ?? '') ? event : undefined;
}
