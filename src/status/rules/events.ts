import { bounded } from '../../platform/text.ts';
import type { Event, Meta } from './objects.ts';

/** When an event was seen last, ISO 8601. */
export const lastSeen = (event: Event): string =>
  event.series?.lastObservedTime ??
  event.lastTimestamp ??
  event.eventTime ??
  event.firstTimestamp ??
  event.metadata.creationTimestamp ??
  '';

/** When an event was seen first, ISO 8601; empty if it does not say. */
export const firstSeen = (event: Event): string =>
  event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';

const instant = (text: string): number => Date.parse(text) || 0;

/** What is in front of the message of several events that were made one. */
const combined = /^\(combined from similar events\): /;

/** What only a program needs: sandboxes' and containers' identities, and the frames of gRPC's errors. */
const identities = / "?\b[0-9a-f]{32,64}\b"?/g;
const wrappers = /rpc error: code = \w+ desc = /g;

/** An event's message as it was said first, without what tells nobody anything. */
export const messageOf = ({ message = '' }: Pick<Event, 'message'>): string =>
  bounded(message).replace(combined, '').replaceAll(identities, '').replaceAll(wrappers, '');

/** Events by the name of what they are about: each is looked for once for every pod. */
const byName = new WeakMap<readonly Event[], Map<string | undefined, Event[]>>();

function named(name: string, events: readonly Event[]): readonly Event[] {
  if (events.length === 0) return events;
  let index = byName.get(events);
  if (!index) {
    index = new Map();
    for (const event of events) {
      const of = event.involvedObject.name;
      const group = index.get(of);
      if (group) group.push(event);
      else index.set(of, [event]);
    }
    byName.set(events, index);
  }
  return index.get(name) ?? [];
}

/** The events about an object, the latest last. An object that was created again under the same name does not get the events of the old one. */
export function eventsAbout(kind: string, { name, namespace, uid }: Meta, events: readonly Event[] = []): Event[] {
  return named(name, events)
    .filter(({ involvedObject: about }) =>
      uid !== undefined && about.uid
        ? about.uid === uid
        : about.kind === kind && about.name === name && about.namespace === namespace,
    )
    .map((event) => ({ ...event, message: messageOf(event) }))
    .sort((a, b) => instant(lastSeen(a)) - instant(lastSeen(b)));
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

/** Whether an event about a pod is about one of its containers, or does not say about which. */
export function isAboutContainer({ involvedObject: { fieldPath } }: Event, container: string): boolean {
  return !fieldPath || fieldPath.endsWith(`{${container}}`);
}

/** What the kubelet says of a probe: which one, and what it was answered. */
export function probeFailure({ message = '' }: Pick<Event, 'message'>): { probe: string; answer: string } {
  const told = /^(\w+) probe (?:failed|errored)(?: and resulted in unknown state)?:?\s?(.*)$/s.exec(message);
  return { probe: told?.[1] ?? '', answer: told?.[2] ?? message };
}

/** Whether an event was seen last after an instant; one of an instant that isn't known was. */
export const isSince = (event: Event, since: string | null | undefined, slackSeconds = 0): boolean => {
  const from = Date.parse(since ?? '');
  return Number.isNaN(from) || instant(lastSeen(event)) >= from - slackSeconds * 1000;
};

/** Whether an event was seen first before an instant; before one that isn't known it was. */
export const isBefore = (event: Event, until: string | null | undefined, slackSeconds = 0): boolean => {
  const to = Date.parse(until ?? '');
  return Number.isNaN(to) || instant(firstSeen(event)) <= to + slackSeconds * 1000;
};
