import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { type Cluster, described, fieldManager } from '../cluster/client.ts';
import { applyObjects } from '../lifecycle/apply.ts';
import type { Step } from '../lifecycle/examine.ts';
import { finished, inventoryIn, isUnfinished } from '../lifecycle/inventory.ts';
import { eachOf } from '../platform/each-of.ts';
import { TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { appliedBy } from './applied-before.ts';
import { hasEnded } from './earlier-jobs.ts';
import { changeOf } from './object-change.ts';
import type { NamespaceChanges } from './read-changes.ts';

export interface RollBackOptions {
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Whether no deployment of a namespace has succeeded so far, so that there is nothing to go back to: nothing of it is there,
 * or only what a first one left that failed.
 */
export async function isFirst(
  cluster: Pick<Cluster, 'get'>,
  { namespace, steps }: Pick<NamespaceChanges, 'namespace' | 'steps'>,
): Promise<boolean> {
  if (steps.every(({ existing }) => existing === undefined)) return true;
  return isUnfinished(await cluster.get(inventoryIn(namespace.name)));
}

/** Notes that healthy namespaces can be gone back to, whatever became of their first deployments. */
export const noteDeployed = (
  cluster: Pick<Cluster, 'get' | 'patch'>,
  namespaces: readonly Pick<NamespaceChanges['namespace'], 'name'>[],
): Promise<void> =>
  eachOf(namespaces, async ({ name }) => {
    if (isUnfinished(await cluster.get(inventoryIn(name)))) await cluster.patch(inventoryIn(name), finished);
  });

/**
 * Takes a namespace back to what it was when its changes were read: what was changed is applied as it was, and what was
 * new is removed. Claims and jobs that are done stay.
 *
 * @returns names of the objects that were changed back
 */
export async function rollBack(
  cluster: Cluster,
  { namespace, steps }: NamespaceChanges,
  { report, signal }: RollBackOptions,
): Promise<string[]> {
  const changed = steps.filter((step) => step.existing && step.object.kind !== 'Job' && changeOf(step));
  const before = changed.map(asBefore);
  await applyObjects(cluster, namespace, before, { report, signal, keepData: true });
  const fresh = steps.filter(({ object, existing, way }) =>
    object.kind === 'Job' ? way !== 'leave' : !existing && object.kind !== 'PersistentVolumeClaim',
  );
  await eachOf(fresh, ({ object }) => removeFresh(cluster, object, report));
  await eachOf(
    before.filter(({ kind }) => kind === 'StatefulSet'),
    (set) => replaceStuckPods(cluster, set, signal),
  );
  return before.map(({ metadata }) => metadata?.name ?? '');
}

/** What repoctl had applied; where kubectl had, all that the object said but for what the server adds. */
function asBefore({ existing, object }: Step): ManifestObject {
  const found = existing as ManifestObject;
  const applied = appliedBy(found, fieldManager);
  if (applied) return applied;
  const { status: _status, metadata, ...rest } = found;
  const { name, namespace, labels, annotations } = metadata as Record<string, unknown>;
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, namespace, labels, annotations } as never,
  };
}

async function removeFresh(cluster: Cluster, object: ManifestObject, report: RollBackOptions['report']): Promise<void> {
  const found = await cluster.get(object);
  if (!found || (object.kind === 'Job' && hasEnded(found))) return;
  await cluster.remove(object);
  report(`removed ${described(object)}, which is new`);
}

interface StatefulSet extends ManifestObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation: number };
  readonly spec: { readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> } };
  readonly status?: { readonly observedGeneration?: number; readonly updateRevision?: string };
}

interface Pod extends ManifestObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Deletes the pods of a StatefulSet that never got ready in a template that was taken back: its controller waits for such
 * a pod for ever.
 *
 * @see https://github.com/kubernetes/kubernetes/issues/67250
 */
async function replaceStuckPods(cluster: Cluster, reference: ManifestObject, signal?: AbortSignal): Promise<void> {
  const set = await poll(
    async () => {
      const found = await cluster.get<StatefulSet>(reference);
      return found && (found.status?.observedGeneration ?? 0) >= found.metadata.generation ? found : undefined;
    },
    () =>
      new TimeoutError(
        `${described(reference)} was taken back, but its controller has not looked at it within 30 s`,
        'Does the controller manager run?',
      ),
    { timeout: 30_000, signal },
  );
  const { metadata, spec, status } = set;
  const pods = await cluster.list<Pod>('Pod', { namespace: metadata.namespace, labels: spec.selector.matchLabels });
  const isReady = ({ status: of }: Pod) =>
    of?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  const stuck = pods.filter(
    (pod) => !isReady(pod) && pod.metadata.labels?.['controller-revision-hash'] !== status?.updateRevision,
  );
  await eachOf(stuck, (pod) => cluster.remove({ ...typeMeta('Pod'), metadata: pod.metadata }));
}
