import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { memory } from '../platform/text.ts';
import { podTemplateOf } from './manifests.ts';
import { quantityValue } from './quantity.ts';

/** Amounts by name of the resource: cores, bytes, and devices such as `nvidia.com/gpu`. */
export type Resources = Readonly<Record<string, number>>;

interface Container {
  readonly restartPolicy?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

export interface RunningPod {
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: PodSpec & { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

export interface Node {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: { readonly allocatable?: Readonly<Record<string, string>> };
}

/** A resource of which more is requested than the nodes have free. */
export interface Shortage {
  readonly resource: string;
  readonly wanted: number;
  readonly free: number;
  /** What the nodes have in all. */
  readonly total: number;
  /** Running projects by what they would give back, the most first. */
  readonly relief: readonly { readonly project: string; readonly amount: number }[];
}

const none: Resources = {};

/** The amounts of two, put together name by name; one that is missing is 0. */
const combined = (one: Resources, other: Resources, combine: (...amounts: [number, number]) => number): Resources =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [
      name,
      combine(one[name] ?? 0, other[name] ?? 0),
    ]),
  );
const plus = (one: Resources, other: Resources): Resources => combined(one, other, (a, b) => a + b);
const sum = (all: readonly Resources[]): Resources => all.reduce(plus, none);

/** The requests of a container. A device, such as a GPU, has its limit as its request. */
const requests = ({ resources }: Container): Resources =>
  Object.fromEntries(
    Object.entries({ ...deviceLimits(resources?.limits), ...resources?.requests }).map(([name, quantity]) => [
      name,
      quantityValue(quantity),
    ]),
  );

const deviceLimits = (limits: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(limits).filter(([name]) => name.includes('/')));

/**
 * What the scheduler reserves for a pod: its containers and sidecars together, or an init container with the sidecars that
 * have started before it, if that is more.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podRequests({ initContainers = [], containers }: PodSpec): Resources {
  let sidecars = none;
  let most = none;
  for (const container of initContainers) {
    const running = plus(sidecars, requests(container));
    if (container.restartPolicy === 'Always') sidecars = running;
    most = combined(most, running, Math.max);
  }
  return combined(most, plus(sidecars, sum(containers.map(requests))), Math.max);
}

/**
 * What the nodes lack for objects that are about to be applied to namespaces. Pods that these namespaces have already
 * are replaced by the new ones and count as free.
 */
export function shortages(
  nodes: readonly Node[],
  pods: readonly RunningPod[],
  namespaces: readonly string[],
  objects: readonly ManifestObject[],
): Shortage[] {
  const running = pods.filter(({ spec, status }) => spec.nodeName && !/^(Succeeded|Failed)$/.test(status?.phase ?? ''));
  const others = running.filter(({ metadata }) => !namespaces.includes(metadata.namespace ?? ''));
  const used = sum(others.map(({ spec }) => podRequests(spec)));
  const usable = nodes.filter(({ spec }) => !spec?.unschedulable);
  const wanted = sum(objects.map(objectRequests));
  return Object.entries(wanted).flatMap(([resource, amount]) => {
    const allocatable = usable.reduce(
      (all, { status }) => all + quantityValue(status?.allocatable?.[resource] ?? 0),
      0,
    );
    const free = allocatable - (used[resource] ?? 0);
    if (usable.length === 0 || amount <= free) return [];
    return [{ resource, wanted: amount, free, total: allocatable, relief: relief(others, resource) }];
  });
}

/** The requests of an object's pods; none of a job's, which end. */
function objectRequests(object: ManifestObject): Resources {
  const template = podTemplateOf(object);
  if (!template || object.kind === 'CronJob' || object.kind === 'Job') return none;
  const { replicas = 1 } = object.spec as { replicas?: number };
  const pod = podRequests(template.spec as PodSpec);
  return combined(pod, none, (amount) => amount * replicas);
}

function relief(pods: readonly RunningPod[], resource: string): Shortage['relief'] {
  const amounts = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const project = metadata.labels?.[labelKeys.project];
    const { [resource]: amount = 0 } = podRequests(spec);
    if (project && amount > 0) amounts.set(project, (amounts.get(project) ?? 0) + amount);
  }
  return [...amounts].map(([project, amount]) => ({ project, amount })).sort((a, b) => b.amount - a.amount);
}

/** How amounts are written: devices have names with a `/`, the rest are bytes. */
const amountTexts: Readonly<Record<string, (amount: number) => string>> = {
  cpu: (amount) => `${Number(amount.toFixed(2))} cores`,
  pods: String,
};

/** `2.5 cores of cpu are asked for, 1.2 are free; stopping shop gives back 1.5` */
export function shortageText({ resource, wanted, free, total, relief }: Shortage): string {
  const text = amountTexts[resource] ?? (resource.includes('/') ? String : memory);
  if (total === 0) return `${resource}: ${text(wanted)} are asked for, no node has any`;
  const [first] = relief;
  const stop = first ? `; stopping ${first.project} gives back ${text(first.amount)}` : '';
  return `${resource}: ${text(wanted)} are asked for, ${text(Math.max(free, 0))} are free${stop}`;
}
