import { relative } from 'node:path';
import { type ApiKind, typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { describeData, eraseShared, unsavedLines } from '../backup/erase.ts';
import { findSubjectIn } from '../backup/stored-project.ts';
import type { Cluster } from '../cluster/client.ts';
import { withLeases } from '../cluster/lease.ts';
import { isOwn } from '../cluster/ownership.ts';
import { removeAndWait } from '../cluster/remove-and-wait.ts';
import { eachOf } from '../platform/each-of.ts';
import { confirm } from '../platform/terminal/ask.ts';
import type { LeftBehind } from '../synth/left-behind.ts';
import type { Synthesized } from '../synth/plan-queries.ts';
import { inventoryName } from './inventory.ts';
import { removeClaims, removeJobs } from './remove-data.ts';
import type { StartOptions } from './start.ts';
import { ownLabels, stopNamespace } from './stop.ts';

export interface ResetOptions extends StartOptions {
  /** Answer the question with yes. @default false */
  readonly yes?: boolean;
  /** Take a backup first. */
  readonly backup: boolean;
}

/**
 * Deletes the data of a project that the configuration no longer has, and its namespace, if nothing of somebody else's is
 * in it: nobody starts it again.
 */
export async function resetLeft(
  cluster: Cluster,
  project: LeftBehind,
  made: Pick<Synthesized, 'root' | 'plan' | 'profiles'>,
  options: ResetOptions,
): Promise<void> {
  const { name } = project;
  const { report, signal } = options;
  const subject = await findSubjectIn(cluster, name, options.profile);
  report(`${name} is not in the configuration. This deletes what is left of it:`);
  for (const line of await describeData(cluster, subject, ownLabels(project.labels))) report(`  ${line}`);
  report(`  the namespace ${name}`);
  const unsaved = options.backup ? await unsavedLines(cluster, subject, ownLabels(project.labels)) : [];
  for (const line of unsaved) report(line);
  const rest = unsaved.length > 0 ? ' of the rest' : '';
  const after = options.backup ? `A backup${rest} is taken first.` : 'No backup is taken.';
  if (!(await confirm(`${after} Delete it?`, options.yes))) return report('nothing was changed');
  await withLeases(cluster, { ...options, environment: made.plan.environment, namespaces: [name] }, async () => {
    let undo = '';
    if (options.backup) {
      const { saveProject } = await import('../backup/backup.ts');
      await startData(cluster, project);
      const { folder } = await saveProject(cluster, subject, options);
      undo = `; once the configuration has it again: repoctl infra project restore ${name} ${relative(process.cwd(), folder)}`;
    }
    await stopNamespace(cluster, made, project, options);
    await eraseShared(cluster, subject, options);
    await removeClaims(cluster, name, ownLabels(project.labels), options);
    await removeJobs(cluster, name, ownLabels(project.labels));
    report(`${name}: its data is gone${undo}`);
  });
  const foreign = await foreignIn(cluster, project);
  if (foreign.length > 0) return report(`${name}: the namespace stays, with ${foreign.join(', ')}`);
  const reference = { ...typeMeta('Namespace'), metadata: { name } };
  await removeAndWait(cluster, reference, { patience: options.timeout, signal });
  report(`${name}: removed the namespace`);
}

/** Starts the stopped services, which can't be asked for their data otherwise. */
async function startData(cluster: Cluster, { name, labels }: LeftBehind): Promise<void> {
  const own = { namespace: name, labels: ownLabels(labels) };
  const sets = await cluster.list<ManifestObject>('StatefulSet', own);
  await eachOf(
    sets.filter(({ spec }) => (spec as { replicas?: number }).replicas === 0),
    ({ metadata }) => cluster.patch({ ...typeMeta('StatefulSet'), metadata }, { spec: { replicas: 1 } }),
  );
}

/** The kinds of objects that people put into a namespace. */
const looked: readonly ApiKind[] = [
  'ConfigMap',
  'PersistentVolumeClaim',
  'Pod',
  'Secret',
  'Service',
  'DaemonSet',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'Job',
];

/** The objects that every namespace has, and repoctl's own. */
const usual = ['kube-root-ca.crt', inventoryName];

/** The ReplicaSets between a Deployment and its pods; the nodes that run pods of their own; the Services of EndpointSlices. */
const between: readonly string[] = ['ReplicaSet', 'Node', 'Service'];

interface Found extends ManifestObject {
  readonly metadata: {
    readonly name: string;
    readonly ownerReferences?: readonly { readonly apiVersion: string; readonly kind: string; readonly name: string }[];
  };
}

/**
 * What somebody else keeps in a namespace: `configmap theirs`. Instead of an object that a controller made, what made it:
 * `cluster theirs` for the pods and the claims of a custom resource.
 */
export async function foreignIn(
  cluster: Pick<Cluster, 'list' | 'get'>,
  { name: namespace, labels }: Pick<LeftBehind, 'name' | 'labels'>,
): Promise<string[]> {
  const found = new Set<string>();
  const owners = new Map<string, { readonly apiVersion: string; readonly kind: string; readonly name: string }>();
  await eachOf(looked, async (kind) => {
    for (const object of await cluster.list<Found>(kind, { namespace })) {
      const { name, ownerReferences = [] } = object.metadata;
      if (usual.includes(name) || isOwn(object, labels)) continue;
      if (ownerReferences.length === 0) found.add(`${kind.toLowerCase()} ${name}`);
      for (const owner of ownerReferences) owners.set(`${owner.apiVersion} ${owner.kind} ${owner.name}`, owner);
    }
  });
  const others = [...owners.values()].filter(
    ({ kind }) => !(looked as readonly string[]).includes(kind) && !between.includes(kind),
  );
  await eachOf(others, async ({ apiVersion, kind, name }) => {
    const owner = await cluster.get({ apiVersion, kind, metadata: { namespace, name } });
    if (owner && !isOwn(owner, labels)) found.add(`${kind.toLowerCase()} ${name}`);
  });
  return [...found].sort();
}
