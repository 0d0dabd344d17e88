import { bounded, oneLine } from '../../platform/text.ts';
import { containersOf, titleOf } from '../rules/container.ts';
import { exitText } from '../rules/container-ended.ts';
import { firstSeen, lastSeen, messageOf } from '../rules/events.ts';
import type { Event, Meta, Pod } from '../rules/objects.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Something that happened. */
export interface Happening {
  /** ISO 8601. */
  readonly at: string;
  /** When it happened last, of what happened more than once. */
  readonly until?: string;
  readonly count: number;
  /** `Pod`, `Node`. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** One word: an event's reason, or what a condition or a container came to: `Ready`, `Ended`. */
  readonly reason: string;
  readonly message?: string;
}

/** What happened in a time, and how far back the cluster remembers. */
export interface History {
  readonly since: string;
  /** The oldest event that the cluster still has; none if it has none. */
  readonly oldestEvent?: string;
  /** The earliest first. */
  readonly happenings: readonly Happening[];
}

/** Events that are no warnings, and tell what somebody did or what recovered. */
const telling: readonly string[] = [
  'Killing',
  'Preempted',
  'ScalingReplicaSet',
  'SuccessfulDelete',
  'NodeReady',
  'NodeNotReady',
  'NodeNotSchedulable',
  'NodeSchedulable',
  'Rebooted',
  'TaintManagerEviction',
  'SuccessfulRescale',
  'LeaderElection',
  'NodeHasDiskPressure',
  'NodeHasInsufficientMemory',
  'NodeHasNoDiskPressure',
  'NodeHasSufficientMemory',
];

/** Conditions of nodes that are bad if they hold. */
const pressures = /Pressure$|^NetworkUnavailable$/;

/**
 * What happened since an instant in some namespaces, and to what serves them: nodes and the cluster's own parts. It is put
 * together from events, which the API server forgets after an hour or so, from the conditions' last changes, and from how
 * containers ended the last time: what lies before the last of each is gone.
 */
export function historyOf(snapshot: Snapshot, namespaces: ReadonlySet<string>, since: Date): History {
  const { events, pods, systemPods = [], nodes, workloads } = snapshot;
  const concerns = (namespace: string | undefined) =>
    namespace === undefined || namespace === 'kube-system' || namespaces.has(namespace);
  const told = events.filter(
    (event) =>
      (event.type !== 'Normal' || telling.includes(event.reason ?? '')) &&
      (event.involvedObject.kind === 'Node' || concerns(event.involvedObject.namespace ?? event.metadata.namespace)),
  );
  const from = since.toISOString();
  const happenings = [
    ...told.map(ofEvent),
    ...[...pods, ...systemPods].filter(({ metadata }) => concerns(metadata.namespace)).flatMap(ofPod),
    ...workloads
      .filter(({ metadata }) => namespaces.has(metadata.namespace ?? ''))
      .flatMap(({ kind, metadata }): Happening[] => [
        ...happening(kind, metadata, 'Made', metadata.creationTimestamp),
        ...(metadata.changedAt !== undefined && metadata.changedAt !== metadata.creationTimestamp
          ? happening(kind, metadata, 'Changed', metadata.changedAt)
          : []),
      ]),
    ...nodes.flatMap(({ metadata, status }) =>
      (status?.conditions ?? []).flatMap(({ type, status: holds, lastTransitionTime, message }) => {
        if (type !== 'Ready' && !(pressures.test(type) && holds === 'True')) return [];
        const reason = type === 'Ready' && holds !== 'True' ? 'NotReady' : type;
        return happening('Node', metadata, reason, lastTransitionTime, reason === 'Ready' ? undefined : message);
      }),
    ),
  ];
  const oldest = events
    .map(firstSeen)
    .filter((each) => each !== '')
    .sort()[0];
  return {
    since: from,
    ...(oldest !== undefined && { oldestEvent: oldest }),
    happenings: happenings
      .filter(({ at, until = at }) => Date.parse(until) >= since.getTime())
      .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
  };
}

function happening(
  kind: string,
  { namespace, name }: Pick<Meta, 'namespace' | 'name'>,
  reason: string,
  at: string | null | undefined,
  message?: string,
): Happening[] {
  if (!at || Number.isNaN(Date.parse(at))) return [];
  return [{ at, count: 1, kind, namespace, name, reason, ...(message && { message: oneLine(message) }) }];
}

function ofEvent(event: Event): Happening {
  const { involvedObject: about, reason = '', series } = event;
  const [first, last] = [firstSeen(event), lastSeen(event)];
  const count = series?.count ?? event.count ?? 1;
  return {
    at: first || last,
    ...(count > 1 && last > first && { until: last }),
    count,
    kind: about.kind ?? 'Object',
    namespace: about.kind === 'Node' ? undefined : about.namespace,
    name: about.name ?? '(no name)',
    reason,
    message: oneLine(bounded(messageOf(event))),
  };
}

function ofPod(pod: Pod): Happening[] {
  const { metadata, status } = pod;
  const ends = containersOf(pod).flatMap((container) => {
    const { state, lastState } = container.status;
    return [lastState?.terminated, state?.terminated].flatMap((end) =>
      // That what has to end first ended well is no news.
      end && !(container.init && end.exitCode === 0)
        ? happening('Pod', metadata, 'Ended', end.finishedAt, `${titleOf(container)} ${exitText(end)}`)
        : [],
    );
  });
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const succeeded = status?.phase === 'Succeeded';
  return [
    ...ends,
    ...(succeeded
      ? []
      : happening('Pod', metadata, ready?.status === 'True' ? 'Ready' : 'NotReady', ready?.lastTransitionTime)),
    ...happening('Pod', metadata, 'Made', metadata.creationTimestamp),
  ];
}
