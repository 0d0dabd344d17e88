import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import { type Claimant, type FoundNamespace, namespaceRefusal } from '../cluster/ownership.ts';
import { leftIn } from '../lifecycle/apply.ts';
import type { Claim } from '../lifecycle/data-changes.ts';
import { type Examination, type ExaminationOptions, examine, type Problem, type Step } from '../lifecycle/examine.ts';
import { readManifest } from '../lifecycle/manifests.ts';
import { eachOf } from '../platform/each-of.ts';
import { type LeftBehind, leftBehind } from '../synth/left-behind.ts';
import type { PlannedNamespace } from '../synth/plan.ts';
import type { Synthesized } from '../synth/plan-queries.ts';
import { fieldChanges } from './field-changes.ts';
import { asSpokenOf, changeOf, type ObjectChange, removal } from './object-change.ts';

/** What an apply would change in a namespace. */
export interface NamespaceChanges {
  readonly namespace: PlannedNamespace;
  /** What is wanted in it, without itself. */
  readonly objects: readonly ManifestObject[];
  /** How each of them comes to be. */
  readonly steps: readonly Step[];
  readonly changes: readonly ObjectChange[];
  /** Claims that get more room: `data-ledger-postgres-0 to 2Gi`. */
  readonly enlargements: readonly string[];
  /** What stands in the way: as long as it does, nothing is applied. */
  readonly problems: readonly Problem[];
}

/** A project in the cluster that the configuration no longer has. No apply touches it. */
export interface LeftNamespace {
  readonly name: string;
  readonly project: string;
  /** Names of its claims. */
  readonly claims: readonly string[];
}

export interface ReadOptions extends Claimant, Pick<ExaminationOptions, 'startEmpty' | 'keepImages'> {}

/**
 * What an apply would change in some namespaces, asked of the API server without changing anything.
 *
 * @throws ClusterError if the cluster can't be reached, or may not be asked
 */
export async function readChanges(
  cluster: Cluster,
  { out }: Pick<Synthesized, 'out'>,
  namespaces: readonly PlannedNamespace[],
  options: ReadOptions,
): Promise<NamespaceChanges[]> {
  const read = new Map<PlannedNamespace, NamespaceChanges>();
  await eachOf(
    namespaces,
    async (namespace) =>
      read.set(namespace, await changesIn(cluster, namespace, readManifest(out, namespace.manifest), options)),
    { atOnce: 4 },
  );
  return namespaces.flatMap((namespace) => read.get(namespace) ?? []);
}

async function changesIn(
  cluster: Cluster,
  namespace: PlannedNamespace,
  manifest: readonly ManifestObject[],
  options: ReadOptions,
): Promise<NamespaceChanges> {
  const { name } = namespace;
  const objects = manifest.filter(({ kind }) => kind !== 'Namespace');
  const itself = manifest.filter(({ kind }) => kind === 'Namespace');
  const none = { steps: [], enlargements: [], problems: [] };
  const existing = await cluster.get<ManifestObject & { readonly metadata: FoundNamespace }>({
    ...typeMeta('Namespace'),
    metadata: { name },
  });
  if (!existing)
    return {
      namespace,
      objects,
      ...none,
      ...whatAll([...itself, ...objects].map((object) => ({ object, way: 'apply' }))),
    };
  const problem = namespaceProblem(existing.metadata, options);
  if (problem) return { namespace, objects, ...none, changes: [], problems: [problem] };
  const { steps, enlargements, problems } = await examined(cluster, namespace, objects, options);
  const removed = await leftIn(cluster, namespace, objects);
  const labelled = itself.map(
    (object): Step => ({ object, way: 'apply', existing, would: asWanted(existing, object) }),
  );
  const { changes } = whatAll([...labelled, ...steps]);
  return {
    namespace,
    objects,
    steps,
    changes: [...changes, ...removed.map(removal)],
    enlargements: enlargements.map(({ claim, size }) => `${claim.metadata.name} to ${size}`),
    problems,
  };
}

const whatAll = (steps: readonly Step[]): { readonly steps: readonly Step[]; readonly changes: ObjectChange[] } => ({
  steps,
  changes: steps.flatMap((step) => changeOf(step) ?? []),
});

const examined = (
  cluster: Cluster,
  namespace: PlannedNamespace,
  objects: readonly ManifestObject[],
  { startEmpty, keepImages }: ReadOptions,
): Promise<Examination> => examine(cluster, namespace, objects, { startEmpty, keepImages });

/** A namespace as it would be: others add labels to it. */
function asWanted(existing: ManifestObject, wanted: ManifestObject): ManifestObject {
  if (fieldChanges(asSpokenOf(existing, wanted), wanted).length === 0) return existing;
  const labels = { ...existing.metadata?.labels, ...wanted.metadata?.labels };
  return { ...existing, metadata: { ...existing.metadata, labels } };
}

function namespaceProblem(found: FoundNamespace, claimant: Claimant): Problem | undefined {
  if (found.deletionTimestamp === undefined) return namespaceRefusal(found, claimant);
  return {
    message: `the namespace ${found.name} is being deleted`,
    advice: `Try again once it is gone; repoctl status ${found.name} shows what keeps it`,
  };
}

/** The projects that have left the configuration, or have another name in it now. */
export async function readLeft(cluster: Cluster, { plan }: Pick<Synthesized, 'plan'>): Promise<LeftNamespace[]> {
  const known = plan.namespaces.map(({ name }) => name);
  const left: LeftNamespace[] = [];
  await eachOf(await leftBehind(cluster, plan.environment, known), async ({ name, project }: LeftBehind) => {
    const claims = await cluster.list<Claim>('PersistentVolumeClaim', { namespace: name });
    left.push({ name, project, claims: claims.map(({ metadata }) => metadata.name).sort() });
  });
  return left.sort((one, other) => (one.name < other.name ? -1 : 1));
}
