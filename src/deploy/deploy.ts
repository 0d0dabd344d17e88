import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { withLeases } from '../cluster/lease.ts';
import { ensureNamespaces, mustBeOwn } from '../cluster/namespaces.ts';
import { applyNamespace, noteDataVersions, type Wave } from '../lifecycle/apply.ts';
import { type AwaitOptions, awaitHealth } from '../lifecycle/await-health.ts';
import { mustBeClear } from '../lifecycle/examine.ts';
import { readManifest } from '../lifecycle/manifests.ts';
import { progressOn } from '../lifecycle/progress.ts';
import { eachOf } from '../platform/each-of.ts';
import { CommandError, FailureError, UsageError } from '../platform/errors.ts';
import { InterruptedError } from '../platform/process/interrupt.ts';
import { confirm } from '../platform/terminal/ask.ts';
import { painter } from '../platform/terminal/paint.ts';
import { printLines } from '../platform/terminal/print.ts';
import type { Plan, PlannedNamespace } from '../synth/plan.ts';
import { leaseOrder } from '../synth/plan-queries.ts';
import { earlyJobs, inOrder, type Stage, stageIn, stages } from '../synth/stages.ts';
import { changeLines, isEmpty } from './change-lines.ts';
import { changesOf, claimantOf, type Target, type TargetOptions, targetOf } from './diff.ts';
import { endEarlierJobs } from './earlier-jobs.ts';
import type { NamespaceChanges } from './read-changes.ts';
import { missingSecrets } from './required-secrets.ts';
import { isFirst, noteDeployed, rollBack } from './roll-back.ts';

export interface DeployOptions extends TargetOptions {
  /** How long to wait for the health of each part, in seconds. */
  readonly timeout: number;
  /** Whether the question is answered already. */
  readonly yes?: boolean;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings projects, and what they need, to a real cluster: shows what would change, asks, and deploys a namespace after the
 * other, each once those that it needs are healthy. One that fails is taken back to what it was, and ends it.
 *
 * @param names projects; all if there is none
 * @throws ClusterError if something stands in the way; then nothing was changed
 * @throws FailureError with the cause if a namespace did not become healthy
 */
export async function deploy(names: readonly string[], options: DeployOptions): Promise<void> {
  const { profile, report } = options;
  const target = await targetOf(names, options, (development) => {
    if (!development) return;
    throw new UsageError(
      `the profile ${profile} is for development, and deploy is for real clusters`,
      `repoctl infra project start ${names[0] ?? 'PROJECT'}`,
    );
  });
  const { made, cluster } = target;
  report(`context ${cluster.context} (${cluster.server})`);
  const { namespaces: changes, left } = await changesOf(target, names, options);
  printLines(changeLines(changes, left, painter(process.stdout)));
  await mustBeOwn(
    cluster,
    target.namespaces.map(({ name }) => name),
    claimantOf(target, options),
  );
  mustBeClear([...changes, { problems: await missingSecrets(cluster, changes) }]);
  const changed = inOrder(changes.filter((each) => !isEmpty(each)).map(({ namespace }) => namespace));
  if (changed.length > 0) {
    const where = `${cluster.context} (profile ${profile})`;
    if (!(await confirm(`Apply this to ${where}?`, options.yes))) return report('nothing was changed');
    await deployAll(target, changed, options);
  }
  report(`waiting for ${target.namespaces.map(({ name }) => name).join(', ')}`);
  await awaitHealth(cluster, target.namespaces, waitingFor(made.plan, options));
  await noteDeployed(cluster, target.namespaces);
  report(
    changed.length > 0 ? `deployed ${changed.map(({ name }) => name).join(', ')}` : 'nothing to change; all is healthy',
  );
}

const waitingFor = (plan: Plan, { timeout, signal }: DeployOptions): AwaitOptions => ({
  plan,
  timeoutSeconds: timeout,
  progress: progressOn(process.stderr),
  signal,
});

async function deployAll(target: Target, changed: readonly PlannedNamespace[], options: DeployOptions): Promise<void> {
  const { made, cluster } = target;
  const claimant = claimantOf(target, options);
  const namespaceObjects = changed.flatMap(({ manifest }) =>
    readManifest(made.out, manifest).filter(({ kind }) => kind === 'Namespace'),
  );
  await ensureNamespaces(cluster, namespaceObjects, claimant);
  const leases = { ...options, ...claimant, namespaces: leaseOrder(made.plan, changed) };
  await withLeases(cluster, leases, async () => {
    for (const namespace of changed) {
      // As it is now, for the way back: another command may have been at work while the question was open.
      const { namespaces: read } = await changesOf({ ...target, namespaces: [namespace] }, [namespace.name], options);
      mustBeClear(read);
      for (const changes of read) await deployNamespace(cluster, made.plan, changes, options);
    }
    await eachOf(changed, (namespace) => noteDataVersions(cluster, namespace));
  });
}

async function deployNamespace(
  cluster: Cluster,
  plan: Plan,
  changes: NamespaceChanges,
  options: DeployOptions,
): Promise<void> {
  const { namespace, objects } = changes;
  const { report, signal, startEmpty } = options;
  report(`applying ${namespace.name}`);
  const first = await isFirst(cluster, changes);
  try {
    const waves = wavesOf(cluster, plan, namespace, objects, options);
    for (const { kind, metadata } of await applyNamespace(cluster, namespace, objects, {
      report,
      signal,
      startEmpty,
      waves,
      first,
    }))
      report(
        `removed ${kind.toLowerCase()} ${namespace.name}/${metadata?.name}, which the configuration no longer has`,
      );
  } catch (error) {
    if (!(error instanceof CommandError) || error instanceof InterruptedError || signal?.aborted) throw error;
    throw await failed(cluster, plan, { changes, first, error }, options);
  }
}

/** A namespace's objects in the order of its parts, of which each is waited for. */
function wavesOf(
  cluster: Cluster,
  plan: Plan,
  namespace: PlannedNamespace,
  objects: readonly ManifestObject[],
  options: DeployOptions,
): Wave[] {
  const stageOf = stageIn(namespace);
  const present = new Set(objects.map(stageOf));
  const healthy = (names?: readonly string[]) =>
    awaitHealth(cluster, [namespace], { ...waitingFor(plan, options), objects: names, outlook: '' });
  const namesOf = (planned: PlannedNamespace['workloads']) => planned.map(({ object }) => object);
  const settled: Readonly<Record<Stage, () => Promise<void>>> = {
    config: async () => {},
    services: async () => {
      if (present.has('services')) await healthy(namesOf(namespace.services));
      await endEarlierJobs(cluster, namespace, { ...options, timeoutSeconds: options.timeout });
    },
    jobs: async () => {
      if (present.has('jobs')) await healthy(namesOf(earlyJobs(namespace)));
    },
    workloads: () => healthy(),
  };
  return stages.map((stage) => ({ takes: (object) => stageOf(object) === stage, settled: settled[stage] }));
}

interface Failure {
  readonly changes: NamespaceChanges;
  /** Whether there is nothing to go back to. */
  readonly first: boolean;
  readonly error: CommandError;
}

/** Takes a namespace back, and says why. */
async function failed(
  cluster: Cluster,
  plan: Plan,
  { changes, first, error }: Failure,
  options: DeployOptions,
): Promise<Error> {
  const { name } = changes.namespace;
  const { report } = options;
  const because = (outcome: string) =>
    new FailureError(`${outcome}:\n${error.message.trim()}`, error.advice, { cause: error });
  if (first)
    return because(
      `${name} could not be deployed; no deployment of it has succeeded before, so that what was applied stays`,
    );
  report(`${name} could not be deployed, and is taken back to what it was`);
  try {
    const objects = await rollBack(cluster, changes, options);
    await awaitHealth(cluster, [changes.namespace], { ...waitingFor(plan, options), objects, outlook: '' });
    return because(`${name} was rolled back; it could not be deployed`);
  } catch (second) {
    if (!(second instanceof CommandError)) throw second;
    return because(
      `${name} could not be deployed, and is not healthy after the way back either (${second.message.trim()})`,
    );
  }
}
