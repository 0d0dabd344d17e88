import { oneLine, secondsSince, span } from '../../platform/text.ts';
import { commands } from '../rules/commands.ts';
import { health } from '../rules/health.ts';
import type { DaemonSet, Deployment, Meta, Node, Pod, Workload } from '../rules/objects.ts';
import { podHealth } from '../rules/pod.ts';
import { nodeAdvice } from '../rules/pod-lifetime.ts';
import { unreadable } from '../rules/unreadable.ts';
import { type Health, isProblem, type Surroundings, verdict } from '../rules/verdict.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** What is known of the cluster beside the environment. */
type Evidence = Pick<Snapshot, 'workloads' | 'nodes' | 'systemPods' | 'leases' | 'events'>;

/** What a part of the cluster does for others. */
export type Role =
  | 'dns'
  | 'proxy'
  | 'network'
  | 'provisioner'
  | 'metrics'
  | 'scheduler'
  | 'controllers'
  | 'node'
  | 'clock'
  | 'webhook';

/** A part of the cluster that is not as it should be. */
export interface ClusterPart {
  readonly role: Role;
  readonly namespace: string;
  readonly object: string;
  readonly kind: string;
  readonly health: Health;
  readonly workload?: Workload;
  readonly pods: readonly Pod[];
}

/** The namespace of the cluster's own parts. */
export const system = 'kube-system';

/** Where nodes are said to be, which are in no namespace. */
export const nodes = 'node';

interface Known {
  readonly role: Role;
  /** What it is to people. */
  readonly title: string;
  readonly is: (metadata: Meta) => boolean;
}

const named = (pattern: RegExp) => (metadata: Meta) => pattern.test(metadata.name);
const inSystem = (pattern: RegExp) => (metadata: Meta) => metadata.namespace === system && pattern.test(metadata.name);

/** The parts that are workloads, by their names: there are no others to tell them by in all distributions. */
const known: readonly Known[] = [
  { role: 'dns', title: 'cluster DNS', is: inSystem(/^(?:rke2-coredns-.*)?(?:coredns|kube-dns)$/) },
  { role: 'proxy', title: 'kube-proxy', is: inSystem(/^kube-proxy$/) },
  {
    role: 'network',
    title: "the pods' network",
    is: named(
      /^(?:kindnet|calico-node|canal|cilium|kube-flannel(?:-ds)?|weave-net|aws-node|antrea-agent|kube-router|ovnkube-node)$/,
    ),
  },
  {
    role: 'provisioner',
    title: 'the storage provisioner',
    is: named(/provisioner|^csi-.*(?:controller|plugin)$|-csi-controller$/),
  },
  { role: 'metrics', title: 'the metrics server', is: named(/^metrics-server$/) },
];

/** The parts of a control plane that renew a lease. */
const leading = [
  { role: 'scheduler', name: 'kube-scheduler' },
  { role: 'controllers', name: 'kube-controller-manager' },
] as const;

/** How old a lease may be, in seconds: it is renewed every two. */
const leaseSeconds = 60;

type Moment = Pick<Surroundings, 'now' | 'context'>;

/** The parts of the cluster that are not as they should be. */
export const clusterParts = (evidence: Evidence, moment: Moment): ClusterPart[] => [
  ...workloadParts(evidence, moment),
  ...leaders(evidence, moment),
  ...evidence.nodes.flatMap((node) => nodePart(node, moment) ?? []),
];

function workloadParts({ workloads, systemPods, nodes: all, events }: Evidence, moment: Moment): ClusterPart[] {
  return workloads.flatMap((workload): ClusterPart[] => {
    const { kind, metadata } = workload;
    if (kind !== 'Deployment' && kind !== 'DaemonSet') return [];
    const part = known.find(({ is }) => is(metadata));
    if (!part) return [];
    const pods = (systemPods ?? []).filter((pod) => isOf(pod, workload));
    const judged = health(workload, { ...moment, pods, events, nodes: all });
    if (judged.status === 'healthy') return [];
    const { namespace = '', name } = metadata;
    const run = commands(metadata, moment);
    const stopped =
      judged.status === 'stopped'
        ? {
            status: 'degraded' as const,
            cause: 'it is scaled to zero',
            advice: run.kubectl('scale', `${kind.toLowerCase()}/${name}`, '--replicas=1'),
          }
        : {};
    const told = { ...judged, ...stopped };
    const advice = told.advice ?? run.kubectl('get pods');
    return [
      {
        role: part.role,
        namespace,
        object: name,
        kind,
        health: { ...told, advice, cause: `${part.title}: ${told.cause ?? told.reason}`, terminal: false },
        workload,
        pods,
      },
    ];
  });
}

/** Whether a pod is of a workload: of a Deployment by way of a ReplicaSet, whose name ends in a hash. */
function isOf({ metadata }: Pod, { kind, metadata: of }: Deployment | DaemonSet): boolean {
  if (metadata.namespace !== of.namespace) return false;
  return (metadata.ownerReferences ?? []).some((owner) =>
    kind === 'DaemonSet'
      ? owner.kind === kind && owner.name === of.name
      : owner.kind === 'ReplicaSet' && owner.name.slice(0, owner.name.lastIndexOf('-')) === of.name,
  );
}

function leaders({ leases, systemPods = [], events }: Evidence, moment: Moment): ClusterPart[] {
  return leading.flatMap(({ role, name }): ClusterPart[] => {
    const lease = leases?.find(({ metadata }) => metadata.name === name);
    const age = secondsSince(lease?.spec?.renewTime, moment.now);
    if (age === undefined || age <= leaseSeconds) return [];
    const pods = systemPods.filter(({ metadata }) => metadata.labels?.component === name);
    // Where no control plane is seen, it is not that this part of it is missing.
    const seen = systemPods.some(({ metadata }) => metadata.labels?.component === 'kube-apiserver');
    const worst = pods.map((pod) => podHealth(pod, { ...moment, events })).find(isProblem);
    const absent =
      seen && pods.length === 0
        ? ': it has no pod; check its file in /etc/kubernetes/manifests of the control plane'
        : '';
    const run = commands({ namespace: system }, moment);
    return [
      {
        role,
        namespace: system,
        object: name,
        kind: 'Pod',
        health: verdict('degraded', worst?.reason ?? 'NotRunning', {
          cause: `${name} has not been active for ${span(age)}${worst?.cause ? `: ${worst.cause}` : absent}`,
          advice: worst?.advice ?? run.kubectl('get pods', '-l', `component=${name}`),
          since: lease?.spec?.renewTime ?? undefined,
        }),
        pods,
      },
    ];
  });
}

/** What a node may be short of, by its conditions. */
const pressures: ReadonlyMap<string, string> = new Map([
  ['MemoryPressure', 'is short of memory'],
  ['DiskPressure', 'is short of disk space'],
  ['PIDPressure', 'is running out of process IDs'],
  ['NetworkUnavailable', 'has no network'],
]);

function nodePart({ metadata, spec, status }: Node, moment: Moment): ClusterPart | undefined {
  const { name } = metadata;
  const run = commands({}, moment);
  const part = (found: Health): ClusterPart => ({
    role: 'node',
    namespace: nodes,
    object: name,
    kind: 'Node',
    health: found,
    pods: [],
  });
  const unread = unreadable('Node', metadata, moment);
  if (unread) return part(unread);
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') {
    const why = ready?.message ? `: ${oneLine(ready.message)}` : '';
    return part(
      verdict('unknown', 'NodeNotReady', {
        cause: `node ${name} is not ready${why}`,
        since: ready?.lastTransitionTime ?? undefined,
        advice: nodeAdvice(name, ready, moment),
      }),
    );
  }
  const pressure = status?.conditions?.find((each) => each.status === 'True' && pressures.has(each.type));
  if (pressure)
    return part(
      verdict('degraded', pressure.type, {
        cause: `node ${name} ${pressures.get(pressure.type)}${pressure.message ? `: ${oneLine(pressure.message)}` : ''}`,
        advice: run.clusterKubectl('describe node', name),
        since: pressure.lastTransitionTime ?? undefined,
      }),
    );
  if (!spec?.unschedulable) return undefined;
  return part(
    verdict('degraded', 'Cordoned', {
      cause: `node ${name} is cordoned: it takes no new pods`,
      advice: run.clusterKubectl('uncordon', name),
      since: spec.taints?.find(({ key }) => key === 'node.kubernetes.io/unschedulable')?.timeAdded,
    }),
  );
}
