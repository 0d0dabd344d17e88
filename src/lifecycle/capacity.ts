import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { memory } from '../platform/text.ts';
import { podTemplateOf } from './manifests.ts';
import { quantityValue } from './quantity.ts';

/** Cores and bytes. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

interface Container {
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
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

/** What is asked for and does not fit. */
export interface Shortage {
  readonly resource: 'cpu' | 'memory';
  readonly wanted: number;
  readonly free: number;
  /** Running projects by what they would give back, the most first. */
  readonly relief: readonly { readonly project: string; readonly amount: number }[];
}

const none: Resources = { cpu: 0, memory: 0 };
const plus = (one: Resources, other: Resources): Resources => ({
  cpu: one.cpu + other.cpu,
  memory: one.memory + other.memory,
});
const sum = (all: readonly Resources[]): Resources => all.reduce(plus, none);

const requests = ({ resources }: Container): Resources => ({
  cpu: quantityValue(resources?.requests?.cpu ?? 0),
  memory: quantityValue(resources?.requests?.memory ?? 0),
});

/** What the scheduler reserves for a pod: its containers together, or its largest init container. */
export function podRequests({ initContainers = [], containers }: PodSpec): Resources {
  const together = sum(containers.map(requests));
  const largest = (resource: keyof Resources) =>
    Math.max(together[resource], ...initContainers.map((container) => requests(container)[resource]));
  return { cpu: largest('cpu'), memory: largest('memory') };
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
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const allocatable = usable.reduce(
      (all, { status }) => all + quantityValue(status?.allocatable?.[resource] ?? 0),
      0,
    );
    const free = allocatable - used[resource];
    if (usable.length === 0 || wanted[resource] <= free) return [];
    return [{ resource, wanted: wanted[resource], free, relief: relief(others, resource) }];
  });
}

/** What the pods of an object ask for that run all the time. Jobs come and go. */
function objectRequests(object: ManifestObject): Resources {
  const template = podTemplateOf(object);
  if (!template || object.kind === 'CronJob' || object.kind === 'Job') return none;
  const { replicas = 1 } = object.spec as { replicas?: number };
  const { cpu, memory } = podRequests(template.spec as PodSpec);
  return { cpu: cpu * replicas, memory: memory * replicas };
}

function relief(pods: readonly RunningPod[], resource: keyof Resources): Shortage['relief'] {
  const amounts = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const project = metadata.labels?.[labelKeys.project];
    if (project) amounts.set(project, (amounts.get(project) ?? 0) + podRequests(spec)[resource]);
  }
  return [...amounts].map(([project, amount]) => ({ project, amount })).sort((a, b) => b.amount - a.amount);
}

/** `2.5 cores of cpu are asked for, 1.2 are free; stopping shop gives back 1.5` */
export function shortageText({ resource, wanted, free, relief }: Shortage): string {
  const text = (amount: number) => (resource === 'cpu' ? `${Number(amount.toFixed(2))} cores` : memory(amount));
  const [first] = relief;
  const stop = first ? `; stopping ${first.project} gives back ${text(first.amount)}` : '';
  return `${resource}: ${text(wanted)} are asked for, ${text(Math.max(free, 0))} are free${stop}`;
}
