import { labelKeys, type Tier } from '../../../charts/common/labels.ts';
import { once } from '../../platform/once.ts';
import { secondsSince } from '../../platform/text.ts';
import type { PlannedNamespace } from '../../synth/plan.ts';
import type { ExpectedNamespace, ExpectedWorkload } from '../assessment/judge.ts';
import type { Pod, Workload } from '../rules/objects.ts';
import { patience } from '../rules/patience.ts';
import type { View } from '../snapshot/read-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { groupBy } from './group.ts';

/** A namespace that is to be reported: what should be in it, and what else of repoctl's is. */
export interface ReportedNamespace extends ExpectedNamespace {
  readonly tier: Tier;
  readonly project?: string;
  /** Folder of the project; none if it isn't in the configuration. */
  readonly directory?: string;
  /** Names of the objects that the configuration has; none without a configuration. */
  readonly planned?: ReadonlySet<string>;
}

/** The part of a plan that a report goes by. */
export interface ExpectedEnvironment {
  /** The global tier's namespace. */
  readonly environment: string;
  readonly namespaces: readonly (Pick<PlannedNamespace, 'name' | 'labels'> &
    Partial<Pick<PlannedNamespace, 'directory'>> & {
      readonly services: readonly ExpectedWorkload[];
      readonly workloads: readonly ExpectedWorkload[];
    })[];
}

/** The part of a cluster that a report on a plan reads. */
export const viewOf = ({ environment, namespaces }: ExpectedEnvironment): View => ({
  environment,
  known: namespaces.map(({ name }) => name),
  databaseClusters: namespaces.some(({ services }) =>
    services.some(({ controller }) => controller?.kind === 'Cluster'),
  ),
});

/**
 * What is to be reported: everything in the plan, and every namespace that carries the labels. What nobody plans is
 * known from the objects alone.
 */
export function expectedNamespaces(plan: ExpectedEnvironment | undefined, snapshot: Snapshot): ReportedNamespace[] {
  const planned = new Map(plan?.namespaces.map((namespace) => [namespace.name, namespace]));
  const found = snapshot.namespaces.filter(({ metadata }) => metadata.labels?.[labelKeys.tier] !== undefined);
  // Who may not see namespaces sees their pods and workloads.
  const labelled = new Map(
    [...snapshot.workloads, ...snapshot.pods].flatMap(({ metadata }) =>
      isOwn(metadata.labels, plan?.environment) ? [[metadata.namespace ?? '', metadata.labels ?? {}] as const] : [],
    ),
  );
  const labels = new Map([
    ...labelled,
    ...found.map(({ metadata }) => [metadata.name, metadata.labels ?? {}] as const),
    ...(plan?.namespaces.map((namespace) => [namespace.name, namespace.labels] as const) ?? []),
  ]);
  const ours = snapshot.workloads.filter(({ metadata }) => isOwn(metadata.labels, plan?.environment));
  const own = groupBy(ours, ({ metadata }) => metadata.namespace ?? '');
  const pods = groupBy(
    snapshot.pods.filter(({ metadata }) => isOwn(metadata.labels, plan?.environment)),
    ({ metadata }) => metadata.namespace ?? '',
  );
  const everything = [...own].flatMap(([namespace, workloads]) =>
    workloads.map((each) => `${namespace}/${objectOf(each)}`),
  );
  return [...labels].map(([name, of]) => {
    const namespace = planned.get(name);
    const services = namespace?.services ?? [];
    const workloads = namespace?.workloads ?? [];
    const objects = new Set([...services, ...workloads].map(({ object }) => object));
    const near = once(() => nearest(everything, name, of));
    const here = own.get(name) ?? [];
    const isPlanned = plannedAmong([...services, ...workloads]);
    const others = here.filter((each) => !isPlanned(each));
    const bare = unowned(pods.get(name) ?? [], new Set([...objects, ...here.map(objectOf)]), snapshot.now);
    return {
      name,
      labels: of,
      tier: of[labelKeys.tier] === 'global' ? 'global' : 'project',
      project: of[labelKeys.project],
      directory: namespace?.directory,
      planned: plan && objects,
      services,
      workloads: [
        ...workloads,
        ...latest(others).map((each) => fromObject(each, name, near)),
        ...bare.map((pod) => fromPod(pod, name, near)),
      ],
    };
  });
}

/** Whether labels are repoctl's, and of the environment. */
export const isOwn = (labels: Readonly<Record<string, string>> = {}, environment?: string): boolean =>
  labels[labelKeys.tier] !== undefined && (environment === undefined || labels[labelKeys.partOf] === environment);

/**
 * Tells what the configuration has: by kind and name, and by the label that says to what an object belongs. Argo CD may put
 * its application's name there, so that jobs of an earlier configuration are told by their names, too.
 */
function plannedAmong(planned: readonly ExpectedWorkload[]): (workload: Workload) => boolean {
  const objects = new Set(planned.map(({ object }) => object));
  const controllers = new Set(planned.map(({ controller }) => `${controller?.kind}/${controller?.name}`));
  const withoutHash = ({ metadata }: Workload) => String(metadata.name).replace(/-[0-9a-f]{8}$/, '');
  return (workload) =>
    controllers.has(`${workload.kind}/${workload.metadata.name}`) ||
    objects.has(objectOf(workload)) ||
    (workload.kind === 'Job' && objects.has(withoutHash(workload)));
}

const objectOf = ({ metadata }: Pick<Workload, 'metadata'>): string =>
  metadata.labels?.[labelKeys.instance] ?? metadata.name;

/** Without the runs of cron jobs, and of a job that was changed only the last. */
function latest(workloads: readonly Workload[]): Workload[] {
  const created = ({ metadata }: Workload) => metadata.creationTimestamp ?? '';
  const kept = new Map<string, Workload>();
  for (const each of workloads) {
    if (each.kind === 'Job' && each.metadata.ownerReferences?.some(({ kind }) => kind === 'CronJob')) continue;
    const key = `${each.kind} ${objectOf(each)}`;
    const other = kept.get(key);
    if (!other || created(other) <= created(each)) kept.set(key, each);
  }
  return [...kept.values()];
}

/** The pods that no workload stands for: made by hand, or left behind. Those that go, and done ones of a job, need no telling. */
const unowned = (pods: readonly Pod[], known: ReadonlySet<string>, now: Date): Pod[] =>
  pods.filter((pod) => {
    const { metadata, status } = pod;
    if (known.has(objectOf(pod))) return false;
    if (metadata.ownerReferences?.some(({ kind }) => kind === 'Job') && status?.phase === 'Succeeded') return false;
    return (secondsSince(metadata.deletionTimestamp, now) ?? Number.POSITIVE_INFINITY) > patience.PodTerminating;
  });

function fromPod({ metadata }: Pod, namespace: string, near: () => readonly string[]): ExpectedWorkload {
  const { name } = metadata;
  return {
    name,
    object: name,
    controller: { kind: 'Pod', name },
    after: [],
    get near() {
      return near().filter((key) => key !== `${namespace}/${name}`);
    },
  };
}

/** Pods call what they wait for by short names, so that the next of that name is meant: of its namespace, then of the others. */
function nearest(everything: readonly string[], namespace: string, labels: Readonly<Record<string, string>>): string[] {
  const environment = labels[labelKeys.partOf] ?? '';
  const rank = (key: string) => (key.startsWith(`${namespace}/`) ? 0 : key.startsWith(`${environment}/`) ? 1 : 2);
  return everything.toSorted((a, b) => rank(a) - rank(b));
}

function fromObject(workload: Workload, namespace: string, near: () => readonly string[]): ExpectedWorkload {
  const self = `${namespace}/${objectOf(workload)}`;
  return {
    name: workload.metadata.labels?.[labelKeys.name] ?? workload.metadata.name,
    object: objectOf(workload),
    controller: { kind: workload.kind, name: workload.metadata.name },
    after: [],
    // The same list for all of a namespace but the one that waits.
    get near() {
      return near().filter((key) => key !== self);
    },
  };
}
