import { labelKeys, realProfile } from '../../../charts/common/labels.ts';
import type { PlannedNamespace, PlannedWorkload } from '../../synth/plan.ts';
import { withFindings } from '../deep/finding.ts';
import { missingHealth, type Refusal, unknownHealth } from '../rules/absent.ts';
import { health } from '../rules/health.ts';
import type { EndpointSlice, Job, Pod, Workload } from '../rules/objects.ts';
import { withRootCause } from '../rules/root-cause.ts';
import { type Health, type Surroundings, verdict } from '../rules/verdict.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { blameDeclared, declaredAfter } from './blame.ts';
import { blameAll } from './blame-all.ts';
import { type ClusterPart, clusterParts, type Role } from './cluster-parts.ts';
import { judgeServices } from './judge-service.ts';
import { wrongClocks } from './node-clock.ts';
import { firstFailures, sinceOf } from './since.ts';

/** A service or workload and how it is. */
export interface Item {
  readonly namespace: string;
  readonly object: string;
  readonly health: Health;
  readonly planned: ExpectedWorkload;
  /** Its controller, if there is one. */
  readonly workload?: Workload;
  readonly pods: readonly Pod[];
  /** What it does for others, if it is a part of the cluster rather than of the environment. */
  readonly role?: Role;
}

export interface ExpectedWorkload
  extends Pick<PlannedWorkload, 'name' | 'object' | 'controller' | 'after' | 'mayFail' | 'security'> {
  /** What its pods may mean by the short name of what they wait for: `namespace/object`. @default after */
  readonly near?: readonly string[];
  /** Of its Service; no Service is missed of what has none. @default none */
  readonly ports?: PlannedWorkload['ports'];
}

/** What a namespace should run. */
export interface ExpectedNamespace extends Pick<PlannedNamespace, 'name' | 'labels'> {
  readonly services: readonly ExpectedWorkload[];
  readonly workloads: readonly ExpectedWorkload[];
}

type Moment = Pick<Surroundings, 'now' | 'context'>;

/**
 * How the services and workloads are that namespaces should run in the cluster, and the parts of the cluster that they suffer
 * from. What waits for something that is not healthy itself has that one's cause.
 */
export function judge(namespaces: readonly ExpectedNamespace[], snapshot: Snapshot, moment: Moment): Item[] {
  const within = byNamespace(snapshot);
  const judged = namespaces.flatMap((namespace) =>
    [...namespace.services, ...namespace.workloads]
      .filter(({ controller }) => controller)
      .map((workload) => judgeWorkload(namespace, workload, within(namespace.name), moment)),
  );
  const items = withFindings(judged, snapshot.findings ?? []).map(asItem);
  const healths = new Map(items.map((item) => [keyOf(item), item.health]));
  const after = declaredAfter(items);
  const declared = items.map((item) => ({ ...item, health: blameDeclared(item.health, after(keyOf(item)), healths) }));
  const parts = suspects(snapshot, moment);
  const { items: blamed, parts: guilty } = blameAll(declared, parts, { ...moment, events: snapshot.events });
  const all = [...blamed, ...guilty.map(partItem)];
  const final = new Map(all.map((item) => [keyOf(item), item.health] as const));
  const failures = firstFailures(snapshot.events);
  return all.map((item) => {
    const health = { ...(withRootCause(keyOf(item), final) ?? item.health), since: sinceOf(item, failures) };
    return tolerated({ ...item, health });
  });
}

/** Those of each snapshot, which may be asked for twice: all pods are looked at. */
const known = new WeakMap<Snapshot, ClusterPart[]>();

/** The parts of the cluster that are not as they should be. */
export function suspects(snapshot: Snapshot, moment: Moment): ClusterPart[] {
  const parts = known.get(snapshot) ?? [...clusterParts(snapshot, moment), ...wrongClocks(snapshot.pods, moment)];
  known.set(snapshot, parts);
  return parts;
}

const keyOf = ({ namespace, object }: Pick<Item, 'namespace' | 'object'>): string => `${namespace}/${object}`;

const partItem = ({ role, namespace, object, kind, health, workload, pods }: ClusterPart): Item => ({
  namespace,
  object,
  health,
  planned: { name: object, object, controller: { kind, name: object }, after: [] },
  workload,
  pods,
  role,
});

/** What may fail is well when it has: its cause is worth knowing. */
function tolerated(item: Item): Item {
  const { health, planned } = item;
  if (!planned.mayFail || health.status !== 'degraded') return item;
  const { reason, cause, advice, pod } = health;
  const warning = `its last run failed, which mayFail allows: ${reason}${cause ? `: ${cause}` : ''}`;
  return { ...item, health: verdict('healthy', 'Tolerated', { warning, advice, pod }) };
}

/** What is no workload, such as a stream, is planned by nobody. */
const asItem = (row: Item | Pick<Item, 'namespace' | 'object' | 'health'>): Item =>
  'planned' in row ? row : { ...row, planned: { name: row.object, object: row.object, after: [] }, pods: [] };

function judgeWorkload(
  { name: namespace, labels }: ExpectedNamespace,
  planned: ExpectedWorkload,
  { exists, refusals, nodes, workloads, pods, events, claims, slices, storageClasses, lastLines }: Within,
  moment: Moment,
): Item {
  const { object, controller, ports = [] } = planned;
  const item = { namespace, object, planned, pods: [] };
  const here = { ...moment, realProfile: realProfile(labels) };
  const known = { ...here, nodes, events, claims, storageClasses, lastLines };
  if (controller?.kind === 'Pod') {
    const own = pods.filter(({ metadata }) => metadata.name === controller.name);
    const around = { ...known, after: planned.near ?? planned.after };
    return { ...item, pods: own, health: health({ ...(own[0] as Pod), kind: 'Pod' }, around) };
  }
  const found = workloads.find(({ kind, metadata }) => kind === controller?.kind && metadata.name === controller.name);
  if (!found) {
    const refused = refusals.find(({ resource }) => resource.split('.')[0] === `${controller?.kind.toLowerCase()}s`);
    if (refused) return { ...item, health: unknownHealth({ ...refused, namespace }, moment) };
    const missing = missingHealth({ namespace, labels }, exists, here);
    const earlier = workloads.some(
      ({ kind, metadata }) =>
        kind === 'Job' && controller?.kind === 'Job' && metadata.labels?.[labelKeys.instance] === object,
    );
    const health = earlier
      ? {
          ...missing,
          reason: 'Outdated',
          cause: 'ran before the configuration changed; the new version has not run',
        }
      : missing;
    return { ...item, health };
  }
  const own = pods.filter((pod) => belongs(pod, found, object));
  const unseen = refusals.find(({ resource }) => resource === 'pods');
  const judged = health(found, {
    ...known,
    // Of thousands of workloads few wait for something.
    get after() {
      return planned.near ?? planned.after;
    },
    pods: unseen ? undefined : own,
    jobs: workloads.filter((each): each is Job => each.kind === 'Job' && ownedBy(each, found)),
  });
  const seen = { object, metadata: found.metadata, pods: own, wanted: ports.length > 0 };
  // Where its pods are the cause, the Service is not blamed as well.
  const unserved = slices && judged.status === 'healthy' ? judgeServices(seen, slices, here) : undefined;
  if (unserved) return { ...item, workload: found, pods: own, health: unserved };
  // How many are ready is in the workload; why they aren't is not.
  const guess = unseen && judged.status !== 'healthy' && judged.status !== 'stopped';
  return { ...item, workload: found, pods: own, health: guess ? withoutPods(judged, unseen) : judged };
}

const withoutPods = ({ cause, ...judged }: Health, { message }: Refusal): Health =>
  verdict(judged.status, judged.reason, {
    ...judged,
    cause: `${cause ?? judged.reason}; its pods can't be seen: ${message}`,
  });

interface Within
  extends Pick<
    Snapshot,
    'nodes' | 'workloads' | 'pods' | 'claims' | 'events' | 'refusals' | 'storageClasses' | 'lastLines'
  > {
  readonly exists: boolean;
  /** None if they may not be seen. */
  readonly slices?: readonly EndpointSlice[];
}

/** Parts a snapshot by namespace, once for all. */
function byNamespace({ namespaces, nodes, refusals, ...snapshot }: Snapshot): (name: string) => Within {
  const grouped = <Type extends { readonly metadata: { readonly namespace?: string } }>(all: readonly Type[]) => {
    const groups = new Map<string, Type[]>();
    for (const each of all) {
      const { namespace = '' } = each.metadata;
      const group = groups.get(namespace);
      if (group) group.push(each);
      else groups.set(namespace, [each]);
    }
    return groups;
  };
  // What its node tells may be why a pod of any namespace was killed.
  const ofNodes = snapshot.events.filter(({ involvedObject }) => involvedObject.kind === 'Node');
  const existing = new Set(namespaces.map(({ metadata }) => metadata.name));
  const [workloads, pods, claims, events, slices] = [
    grouped(snapshot.workloads),
    grouped(snapshot.pods),
    grouped(snapshot.claims),
    grouped(snapshot.events),
    grouped(snapshot.slices),
  ];
  const hides = ({ resource, namespace }: Refusal, name: string) =>
    resource.startsWith('endpointslices') && (namespace ?? name) === name;
  return (name) => ({
    exists: existing.has(name) || refusals.some(({ resource }) => resource === 'namespaces'),
    nodes,
    storageClasses: snapshot.storageClasses,
    lastLines: snapshot.lastLines,
    refusals: refusals.filter(({ namespace = name }) => namespace === name),
    workloads: workloads.get(name) ?? [],
    pods: pods.get(name) ?? [],
    claims: claims.get(name) ?? [],
    events: [...(events.get(name) ?? []), ...ofNodes],
    slices: refusals.some((each) => hides(each, name)) ? undefined : (slices.get(name) ?? []),
  });
}

const ownedBy = (object: Pick<Pod, 'metadata'>, { kind, metadata }: Workload): boolean =>
  (object.metadata.ownerReferences ?? []).some((owner) => owner.kind === kind && owner.name === metadata.name);

/** A job's pods are only told from those of an earlier one of another hash by their owner. */
const belongs = (pod: Pod, workload: Workload, object: string): boolean =>
  workload.kind === 'Job' || workload.kind === 'Cluster'
    ? ownedBy(pod, workload)
    : pod.metadata.labels?.[labelKeys.instance] === object;
