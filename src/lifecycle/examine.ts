import { labelKeys, ownerPart } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { RefusedError } from '../cluster/api-errors.ts';
import { type Cluster, described } from '../cluster/client.ts';
import { isOwn } from '../cluster/ownership.ts';
import { eachOf } from '../platform/each-of.ts';
import { ClusterError } from '../platform/errors.ts';
import {
  type Claim,
  type DataOwner,
  type DataSet,
  dataChanges,
  type Enlargement,
  type Held,
  type StorageClass,
} from './data-changes.ts';
import { heldReplicas, withReplicas } from './held-replicas.ts';
import { withImagesOf } from './manifests.ts';
import { isImmutable, jobWay, replacement, type Way } from './replacement.ts';

/** A namespace, as far as the owner of its objects goes. */
export interface OwnedNamespace {
  readonly name: string;
  /** Those of the namespace. */
  readonly labels: Readonly<Record<string, string>>;
}

/** An object, and how it comes to be. */
export interface Step {
  readonly object: ManifestObject;
  readonly way: Way;
  /** The existing object. It is ours, so its fields are ours, even if something else applied it last. */
  readonly existing?: ManifestObject;
  /** What the API would make of it; none where it was not asked, or where it won't change what is there. */
  readonly would?: ManifestObject;
}

export interface ExaminationOptions {
  /** A new service may begin empty although the data of one that left the configuration stays behind. @default false */
  readonly startEmpty?: boolean;
  /** What the data does not take stays as it is, instead of being refused. @default false */
  readonly keepData?: boolean;
  /** What something else applies, such as Tilt: its data has to fit as well. */
  readonly beside?: readonly ManifestObject[];
  /** Pod templates say of the images that are built here what they say in the cluster: nothing is built. @default false */
  readonly keepImages?: boolean;
}

/** What is to be done in a namespace, and what stands in the way. */
export interface Examination {
  readonly steps: readonly Step[];
  readonly enlargements: readonly Enlargement[];
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly message: string;
  readonly advice?: string;
}

/**
 * Looks at what there is, and asks the API of every object whether it would take it, before anything is applied.
 *
 * @throws ClusterError if the cluster can't be reached
 */
export async function examine(
  cluster: Cluster,
  namespace: OwnedNamespace,
  objects: readonly ManifestObject[],
  { startEmpty, keepData = false, beside = [], keepImages = false }: ExaminationOptions = {},
): Promise<Examination> {
  const found = new Map<ManifestObject, ManifestObject>();
  const problems: Problem[] = [];
  const steps: Step[] = [];
  await eachOf(objects, async (object) => {
    const existing = await cluster.get(object);
    if (existing) found.set(object, existing);
  });
  const foreign = [...found].filter(([, existing]) => !isOwn(existing, namespace.labels));
  problems.push(...foreign.map(([object, existing]) => foreignProblem(cluster, object, existing)));

  const all = [...objects, ...beside];
  const data = dataChanges(dataOwner(namespace), all, await heldIn(cluster, namespace, all), startEmpty);
  if (!keepData) problems.push(...data.problems);
  const kept = new Set(keepData ? data.problems.map(({ object }) => object) : []);

  await eachOf(objects, async (given) => {
    const existing = found.get(given);
    const settled = existing && kept.has(given.metadata?.name ?? '') ? asItIs(existing, given) : given;
    const object = keepImages && existing ? withImagesOf(settled, existing) : settled;
    if (existing && !isOwn(existing, namespace.labels)) return;
    const step = await stepFor(cluster, object, existing, data.enlargements.length > 0);
    if ('message' in step) problems.push(step);
    else steps.push(step);
  });
  const order = new Map(objects.map((object, index) => [described(object), index]));
  steps.sort((one, other) => (order.get(described(one.object)) ?? 0) - (order.get(described(other.object)) ?? 0));
  return { steps, enlargements: data.enlargements, problems };
}

/** @throws ClusterError with everything that stands in the way */
export function mustBeClear(examinations: readonly Pick<Examination, 'problems'>[]): void {
  const problems = examinations.flatMap((each) => each.problems);
  if (problems.length === 0) return;
  const advice = [...new Set(problems.flatMap((problem) => problem.advice ?? []))];
  throw new ClusterError(
    `${problems.map(({ message }) => message).join('\n')}\nNothing was applied`,
    advice.length > 0 ? advice.join('\n  ') : undefined,
  );
}

async function heldIn(
  cluster: Cluster,
  { name, labels }: OwnedNamespace,
  wanted: readonly ManifestObject[],
): Promise<Held> {
  if (!wanted.some(({ kind }) => kind === 'StatefulSet' || kind === 'PersistentVolumeClaim'))
    return { sets: [], claims: [], classes: [] };
  const { [labelKeys.managedBy]: _tool, ...own } = ownerPart(labels);
  const [sets, claims] = await Promise.all([
    cluster.list<DataSet>('StatefulSet', { namespace: name, labels: own }),
    cluster.list<Claim>('PersistentVolumeClaim', { namespace: name }),
  ]);
  const classes = claims.length > 0 ? await storageClasses(cluster) : [];
  return { sets, claims, classes };
}

/** Who may not see them is taken for one whose claims can't be enlarged. */
async function storageClasses(cluster: Cluster): Promise<StorageClass[]> {
  try {
    return await cluster.list<StorageClass>('StorageClass');
  } catch (error) {
    if (error instanceof RefusedError && error.status === 403) return [];
    throw error;
  }
}

async function stepFor(
  cluster: Cluster,
  object: ManifestObject,
  existing: ManifestObject | undefined,
  enlarged: boolean,
): Promise<Step | Problem> {
  const step = (way: Way, would?: ManifestObject): Step => ({ object, way, existing, would });
  const way = existing && object.kind === 'Job' ? jobWay(existing, object) : 'apply';
  if (way !== 'apply') return step(way);
  const held = heldReplicas(object, existing);
  const asked = held === undefined ? object : withReplicas(object, held);
  try {
    return step('apply', await cluster.apply(asked, { force: existing !== undefined, dryRun: true }));
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const status = error instanceof RefusedError ? error.status : undefined;
    if (status === 400 && error.message.includes('does not support dry run')) return step('apply');
    const other = existing && status === 422 && isImmutable(error.message) && replacement(existing, object);
    if (other) return step(other);
    // A claim of a project's own whose class was found to allow it.
    if (enlarged && object.kind === 'PersistentVolumeClaim') return step('apply');
    const advice =
      status === 422 && existing && isImmutable(error.message)
        ? `It may hold data, so that it is not deleted by itself: kubectl --context ${cluster.context} -n ${object.metadata?.namespace} delete ${object.kind.toLowerCase()} ${object.metadata?.name}`
        : error.advice;
    return { message: error.message, advice };
  }
}

function dataOwner({ labels }: OwnedNamespace): DataOwner {
  const { [labelKeys.project]: project, [labelKeys.profile]: profile, [labelKeys.preset]: preset } = labels;
  return { project, ...(preset === 'production' && { profile }) };
}

/** An object as it is in the cluster, but running. */
function asItIs({ spec }: ManifestObject, wanted: ManifestObject): ManifestObject {
  if (wanted.kind !== 'StatefulSet') return { ...wanted, spec };
  const { replicas } = wanted.spec as { replicas?: number };
  return { ...wanted, spec: { ...(spec as object), replicas } };
}

function foreignProblem(cluster: Cluster, { kind }: ManifestObject, { metadata }: ManifestObject): Problem {
  const {
    namespace,
    name,
    managedFields = [],
  } = metadata as {
    namespace?: string;
    name?: string;
    managedFields?: readonly { readonly manager?: string }[];
  };
  const managers = [...new Set(managedFields.flatMap(({ manager }) => manager ?? []))];
  const by = managers.length > 0 ? `; ${managers.join(', ')} made or changed it` : '';
  return {
    message: `there is a ${kind.toLowerCase()} ${namespace}/${name} already, which is not repoctl’s${by}`,
    advice: `Look at it, and delete it if nothing needs it: kubectl --context ${cluster.context} -n ${namespace} get ${kind.toLowerCase()} ${name} -o yaml`,
  };
}
