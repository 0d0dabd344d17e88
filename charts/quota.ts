import { knownKind } from './common/api-kinds.ts';
import { typeMeta } from './common/api-versions.ts';
import { copyOf } from './common/copy-of.ts';
import { isDatabaseCluster } from './common/database-cluster-of.ts';
import { amount } from './common/fields.ts';
import { type Labelled, objectLabels } from './common/labels.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import { type Fields, isMap } from './common/pod-security.ts';
import { podParts } from './common/pod-templates.ts';

/** Amounts by resource: cores, or bytes. */
type Amounts = Map<string, number>;

/** What pods ask for and may use. */
interface Size {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const sides = ['requests', 'limits'] as const;
const maps = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isMap) : []);
const mapOf = (value: unknown): Fields => (isMap(value) ? value : {});
const numberOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function combine(one: Amounts, other: Amounts, how: (a: number, b: number) => number): Amounts {
  const names = new Set([...one.keys(), ...other.keys()]);
  return new Map([...names].map((name) => [name, how(one.get(name) ?? 0, other.get(name) ?? 0)]));
}
const sum = (a: number, b: number) => a + b;
const both = (one: Size, other: Size, how: (a: number, b: number) => number): Size => ({
  requests: combine(one.requests, other.requests, how),
  limits: combine(one.limits, other.limits, how),
});
const nothing: Size = { requests: new Map(), limits: new Map() };
const times = (size: Size, count: number): Size => both(size, nothing, (amount) => amount * count);

const sizeOf = ({ resources }: Fields): Size => {
  const of = (side: (typeof sides)[number]): Amounts =>
    new Map(Object.entries(mapOf(mapOf(resources)[side])).map(([name, text]) => [name, amount(String(text))]));
  return { requests: of('requests'), limits: of('limits') };
};

/**
 * What a pod is counted as: its containers and sidecars together, or the largest of its init containers with the sidecars
 * that have started before.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
function podSize(pod: Fields): Size {
  let sidecars = nothing;
  let largest = nothing;
  for (const container of maps(pod.initContainers)) {
    const size = sizeOf(container);
    if (container.restartPolicy === 'Always') sidecars = both(sidecars, size, sum);
    else largest = both(largest, both(size, sidecars, sum), Math.max);
  }
  const running = maps(pod.containers)
    .map(sizeOf)
    .reduce((one, other) => both(one, other, sum), sidecars);
  return both(running, largest, Math.max);
}

/** How many pods of an object there can be at once; `undefined` if that can't be told. */
function mostPods({ kind, spec }: ManifestObject, most: number | undefined): number | undefined {
  const { replicas, strategy, parallelism } = mapOf(spec);
  const count = most ?? numberOf(replicas, 1);
  switch (kind) {
    case 'Pod':
      return 1;
    case 'Deployment':
      // One more before one less, while the one before that still ends.
      return mapOf(strategy).type === 'Recreate' ? count : count + 2;
    case 'StatefulSet':
      return count;
    case 'Job':
      // Beside one of an earlier version.
      return numberOf(parallelism, 1) + 1;
    case 'CronJob':
      // Beside a run that people have started.
      return mapOf(spec).concurrencyPolicy === 'Allow' ? undefined : 2;
    default:
      return undefined;
  }
}

/** Pods as a quota counts them. */
interface Counted {
  readonly pods: number;
  readonly total: Size;
  /** The largest pod and the largest container. */
  readonly pod: Size;
  readonly container: Size;
}

/** What all pods of some objects need at most; `undefined` if that can't be told. */
function counted(objects: readonly ManifestObject[]): Counted | undefined {
  const most = new Map<string, number>();
  for (const { kind, spec } of objects) {
    const { scaleTargetRef, maxReplicas, maxReplicaCount } = mapOf(spec);
    const { kind: scaled = 'Deployment', name } = mapOf(scaleTargetRef);
    if (kind === 'HorizontalPodAutoscaler') most.set(`${scaled}/${name}`, numberOf(maxReplicas, 1));
    // KEDA's own default.
    if (kind === 'ScaledObject') most.set(`${scaled}/${name}`, numberOf(maxReplicaCount, 100));
  }
  let result: Counted = { pods: 0, total: nothing, pod: nothing, container: nothing };
  for (const object of objects) {
    // How many pods an operator makes, for backups too, is its own business.
    if (isDatabaseCluster(object)) return undefined;
    const { builtIn, template } = knownKind(object.apiVersion, object.kind);
    const parts = podParts(copyOf(object) as ManifestObject & Fields, builtIn, template).pods;
    for (const { pod } of parts) {
      const count = mostPods(object, most.get(`${object.kind}/${object.metadata?.name}`));
      if (count === undefined) return undefined;
      const size = podSize(pod);
      const containers = [...maps(pod.initContainers), ...maps(pod.containers)].map(sizeOf);
      result = {
        pods: result.pods + count,
        total: both(result.total, times(size, count), sum),
        pod: both(result.pod, size, Math.max),
        container: containers.reduce((one, other) => both(one, other, Math.max), result.container),
      };
    }
  }
  const amounts = [...result.total.requests.values(), ...result.total.limits.values()];
  return result.pods > 0 && amounts.every(Number.isFinite) ? result : undefined;
}

/** An amount as the API writes it. */
const text = (name: string, amount: number): string => {
  if (name === 'cpu') {
    const thousandths = Math.ceil(Math.round(amount * 1e6) / 1e3);
    return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
  }
  if (name !== 'memory' && name !== 'ephemeral-storage') return String(amount);
  const mebibytes = Math.ceil(amount / 2 ** 20);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
};

/** What a container gets that states nothing: one that people or an operator add. */
const unstated = {
  limits: { cpu: 0.5, memory: 256 * 2 ** 20, 'ephemeral-storage': 2 ** 30 },
  requests: { cpu: 0.05, memory: 64 * 2 ** 20, 'ephemeral-storage': 64 * 2 ** 20 },
} as const;
const plain = ['cpu', 'memory', 'ephemeral-storage'] as const;

/**
 * A ResourceQuota and a LimitRange for a namespace, of what is in it: room for each workload with a rolling update, for each
 * job with one of an earlier version, and for one more pod as large as the largest, for anyone who looks into a problem. None
 * where the number of pods can't be told: of DaemonSets, and of kinds that are not Kubernetes' own.
 */
export function quotaObjects(
  namespace: string,
  labelledAs: (name: string) => Labelled,
  objects: readonly ManifestObject[],
): ManifestObject[] {
  const all = counted(objects);
  if (!all) return [];
  const total = both(all.total, all.pod, sum);
  const hard = Object.fromEntries([
    ['pods', String(all.pods + 1)],
    ...sides.flatMap((side) =>
      [...total[side]]
        // Of what nodes add, a quota knows the requests only.
        .filter(([name]) => side === 'requests' || (plain as readonly string[]).includes(name))
        .map(([name, amount]) => [`${side}.${name}`, text(name, amount)]),
    ),
  ]) as Record<string, string>;
  const most = (name: (typeof plain)[number]) => all.container.limits.get(name) ?? unstated.limits[name];
  const amounts = (of: (name: (typeof plain)[number]) => number) =>
    Object.fromEntries(plain.map((name) => [name, text(name, of(name))]));
  const metadata = (name: string) => {
    const labelled = labelledAs(name);
    return { name: labelled.object, namespace, labels: objectLabels(labelled) };
  };
  return [
    { ...typeMeta('ResourceQuota'), metadata: metadata('quota'), spec: { hard } },
    {
      ...typeMeta('LimitRange'),
      metadata: metadata('limits'),
      spec: {
        limits: [
          {
            type: 'Container',
            default: amounts((name) => Math.min(unstated.limits[name], most(name))),
            defaultRequest: amounts((name) => Math.min(unstated.requests[name], most(name))),
            max: amounts(most),
          },
        ],
      },
    },
  ];
}
