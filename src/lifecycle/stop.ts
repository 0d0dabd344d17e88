import { type ApiKind, typeMeta } from '../../charts/common/api-versions.ts';
import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { ProfileName } from '../../charts/model.ts';
import { pausedAnnotation } from '../backup/pause.ts';
import type { Cluster } from '../cluster/client.ts';
import { connect, connectToChange } from '../cluster/connect.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { withLeases } from '../cluster/lease.ts';
import { eachOf } from '../platform/each-of.ts';
import { FailureError, TimeoutError, UsageError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { projectCalled } from '../synth/left-behind.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import { dependants, globalTier, leaseOrder, type Synthesized, synthesized } from '../synth/plan-queries.ts';
import { sessionFor } from './start-by-tilt.ts';
import { markStopped } from './stopped.ts';

export interface StopOptions extends ClusterOptions {
  /** @default local */
  readonly profile?: ProfileName;
  /** How long pods may take to end, and others that work on the same to be done, in seconds. */
  readonly timeout: number;
  readonly force?: boolean;
  readonly report: (line: string) => void;
  /** Stops it. */
  readonly signal?: AbortSignal;
}

interface Scaled extends ManifestObject {
  readonly spec: { readonly replicas?: number; readonly suspend?: boolean };
  readonly status?: { readonly active?: number };
}

/** Scales a project to zero, also one that the configuration no longer has. Its claims and their data stay. */
export async function stopProject(name: string, options: StopOptions): Promise<void> {
  const made = await synthesized(options.profile, { runCharts: false });
  const { plan } = made;
  const cluster = await connectToChange(options);
  const project = await projectCalled(cluster, plan, name);
  await withLeases(cluster, { ...options, environment: plan.environment, namespaces: [project.name] }, async () => {
    const others = await runningAmong(cluster, dependants(plan, project.name));
    if (others.length > 0) options.report(`${others.join(', ')} need ${project.name} and are running`);
    await stopNamespace(cluster, made, project, options);
  });
}

/**
 * Scales the global tier to zero.
 *
 * @throws UsageError while projects run, unless it is forced
 */
export async function stopGlobal(options: StopOptions): Promise<void> {
  const made = await synthesized(options.profile, { runCharts: false });
  const { plan } = made;
  const cluster = await connectToChange(options);
  const global = globalTier(plan);
  const unused = async () => {
    const running = options.force ? [] : await runningProjects(cluster, plan.environment);
    if (running.length > 0)
      throw new UsageError(
        `${running.join(', ')} ${running.length === 1 ? 'uses' : 'use'} the global tier`,
        `repoctl infra project stop ${running[0]}, or use --force`,
      );
  };
  await unused();
  const concerned = options.force ? [global] : plan.namespaces;
  await withLeases(
    cluster,
    { ...options, environment: plan.environment, namespaces: leaseOrder(plan, concerned) },
    async () => {
      // One that was being started runs now.
      await unused();
      await stopNamespace(cluster, made, global, options);
    },
  );
}

/**
 * Stops everything: the projects, then the global tier. The caller names the cluster.
 *
 * @param byTilt whether Tilt has taken workloads away before
 */
export async function stopAll(options: StopOptions, byTilt: boolean): Promise<void> {
  const made = await synthesized(options.profile, { runCharts: false });
  const { plan } = made;
  const cluster = await connect(options);
  const global = globalTier(plan);
  await withLeases(
    cluster,
    { ...options, environment: plan.environment, namespaces: leaseOrder(plan, plan.namespaces) },
    async () => {
      await eachOf(
        plan.namespaces.filter((namespace) => namespace !== global),
        (namespace) => stopNamespace(cluster, made, namespace, options),
      );
      await stopNamespace(cluster, made, global, options);
      if (byTilt) await eachOf(plan.namespaces, ({ name }) => markStopped(cluster, name, true));
    },
  );
}

/**
 * Scales all that is repoctl's in a namespace to zero, after Tilt has taken out what it runs, and waits until its pods have ended. Only for who holds the
 * namespace's lease.
 */
export async function stopNamespace(
  cluster: Cluster,
  made: Pick<Synthesized, 'root' | 'plan' | 'profiles'>,
  namespace: Pick<PlannedNamespace, 'name' | 'labels' | 'tier'>,
  { timeout, report }: StopOptions,
): Promise<void> {
  const { name, labels } = namespace;
  const own = { namespace: name, labels: ownLabels(labels) };
  const session = await sessionFor(made, cluster);
  if (session) {
    report(`${name}: Tilt takes its workloads out of the cluster`);
    await session.disable(namespace);
  }
  const list = (kind: ApiKind) =>
    cluster.list<Scaled>(kind, own).then((items) => items.map((item) => ({ ...item, ...typeMeta(kind) })));
  const scaled = [...(await list('Deployment')), ...(await list('StatefulSet'))];
  const up = scaled.filter(({ spec }) => spec.replicas !== 0);
  const due = (await list('CronJob')).filter(({ spec }) => !spec.suspend);
  const active = (await list('Job')).filter(({ status }) => (status?.active ?? 0) > 0);
  await eachOf(due, (object) => cluster.patch(object, { spec: { suspend: true } }));
  await eachOf(active, (object) => cluster.remove(object));
  // What a restore has paused is not to be resumed once it was stopped.
  const metadata = { annotations: { [pausedAnnotation]: null } };
  await eachOf(up, (object) => cluster.patch(object, { metadata, spec: { replicas: 0 } }));
  const stopped = [...up, ...due, ...active].map(({ metadata }) => metadata?.name);
  if (stopped.length === 0 && !session) return report(`${name}: is not running`);
  if (stopped.length > 0) report(`${name}: stopping ${stopped.join(', ')}`);
  await podsGone(cluster, name, own.labels, timeout);
  if (session) await markStopped(cluster, name, true);
  report(`${name}: stopped; its data stays`);
}

async function podsGone(
  cluster: Cluster,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  timeout: number,
): Promise<void> {
  interface Pod extends ManifestObject {
    readonly status?: { readonly phase?: string };
  }
  await poll(
    async (waiting) => {
      const pods = await cluster.list<Pod>('Pod', { namespace, labels });
      // What a finished job leaves runs no more.
      const left = pods.filter(({ status }) => !/^(Succeeded|Failed)$/.test(status?.phase ?? ''));
      return left.length === 0 || waiting(left.map(({ metadata }) => metadata?.name).join(', '));
    },
    (left) => new TimeoutError(`${left} still ending after ${timeout} s`, `repoctl status ${namespace}`),
    { timeout: timeout * 1000 },
  );
}

/** The labels by which a namespace's own objects are found: Tilt puts its own name into `managed-by`. */
export function ownLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const { [labelKeys.managedBy]: _tool, ...own } = ownerPart(labels);
  return own;
}

/** Names of the projects of an environment that run: of which anything is scaled to more than nothing. */
export async function runningProjects(cluster: Cluster, environment: string): Promise<string[]> {
  const labels = { [labelKeys.partOf]: environment, [labelKeys.tier]: 'project' };
  const scaled = [
    ...(await cluster.list<Scaled>('Deployment', { labels })),
    ...(await cluster.list<Scaled>('StatefulSet', { labels })),
  ];
  const up = scaled.filter(({ spec }) => spec.replicas !== 0);
  return [...new Set(up.map(({ metadata }) => metadata?.labels?.[labelKeys.project] ?? ''))].sort();
}

async function runningAmong(cluster: Cluster, namespaces: readonly PlannedNamespace[]): Promise<string[]> {
  if (namespaces.length === 0) return [];
  const [first] = namespaces as [PlannedNamespace];
  const running = await runningProjects(cluster, first.labels[labelKeys.partOf] ?? '');
  return namespaces.map(({ name }) => name).filter((name) => running.includes(name));
}

/** Refuses a project that does not run. @throws FailureError */
export async function mustRun(cluster: Cluster, project: PlannedNamespace): Promise<void> {
  const running = await runningProjects(cluster, project.labels[labelKeys.partOf] ?? '');
  if (!running.includes(project.name))
    throw new FailureError(`${project.name} is not running`, `repoctl infra project start ${project.name}`);
}
