import { ApiObject, type Chart } from 'cdk8s';
import jsonPatch from 'fast-json-patch';
import mergePatch from 'json-merge-patch';
import type { Nonconformity } from './common/admission.ts';
import { changeObject } from './common/k8s.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import { HashedJob } from './constructs/hashed-job.ts';
import type { Patch, Profile } from './model.ts';

/** What patches are meant for. */
export interface PatchedChart {
  readonly objects: ReadonlySet<ApiObject>;
  /**
   * What is wrong with the patches: a target that matches nothing, and an operation that can't be done, which is known once
   * the objects are printed.
   */
  readonly refused: () => readonly Nonconformity[];
}

/** Has the objects of a chart be patched when they are printed. */
export function patchChart(chart: Chart, patches: readonly Patch[], profile: Profile): PatchedChart {
  const patched = new Set<ApiObject>();
  const meantHere = patches.filter(({ profiles }) => profiles?.some((name) => profile.chain.includes(name)) ?? true);
  if (meantHere.length === 0) return { objects: patched, refused: () => [] };
  const objects = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  const refused = meantHere.map((patch) => {
    const meant = objects.filter((object) => matches(patch.target, object));
    // By object, since each may be printed more than once.
    const failed = new Map<ApiObject, Nonconformity>();
    for (const object of meant) {
      patched.add(object);
      changeObject(object, (each) => {
        try {
          return changed(each, patch);
        } catch (error) {
          failed.set(object, problem(patch, idOf(object), (error as Error).message));
          return each;
        }
      });
    }
    return meant.length > 0 ? failed : [problem(patch, targetText(patch.target), absence(patch, objects))];
  });
  return { objects: patched, refused: () => refused.flatMap((each) => [...each.values()]) };
}

/** The name by which people know an object: a job's without its hash. */
function nameOf(object: ApiObject): string {
  const { scope } = object.node;
  return scope && HashedJob.isHashedJob(scope) ? scope.labelled.object : object.name;
}

const problem = ({ file, line, column }: Patch, object: string, message: string): Nonconformity => ({
  origin: file,
  position: { line, column },
  object,
  message,
});

const idOf = (object: ApiObject): string => `${object.kind}/${nameOf(object)}`;

/** The labels are looked at last: they are in the manifest, which takes longer to make than all else. */
function matches({ kind, name, labels }: Patch['target'], object: ApiObject): boolean {
  if (kind !== undefined && kind !== object.kind) return false;
  if (name !== undefined && name !== nameOf(object)) return false;
  if (labels === undefined) return true;
  const own = (object.toJson() as ManifestObject).metadata?.labels ?? {};
  return Object.entries(labels).every(([key, value]) => own[key] === value);
}

/** `Deployment/turfoo-api app.kubernetes.io/component=api` */
function targetText({ kind = '*', name = '*', labels = {} }: Patch['target']): string {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [`${kind}/${name}`, selector.join(',')].filter(Boolean).join(' ');
}

function absence({ target }: Patch, objects: readonly ApiObject[]): string {
  const near = objects.filter((object) =>
    target.name === undefined ? true : target.kind === object.kind || target.name === nameOf(object),
  );
  const names = (near.length > 0 ? near : objects).map(idOf);
  return `the target of a patch matches no object; there are: ${names.sort().join(', ')}`;
}

/**
 * @param object is written into
 * @throws Error if an operation can't be done
 */
function changed(object: ManifestObject, { merge, operations }: Patch): ManifestObject {
  const { apiVersion, kind, metadata: { name } = {} } = object;
  const result = merge ? (mergePatch.apply(object, merge) as ManifestObject) : operated(object, operations ?? []);
  if (result.kind !== kind || result.apiVersion !== apiVersion || result.metadata?.name !== name)
    throw new Error('a patch may not change apiVersion, kind or metadata.name');
  return result;
}

function operated(object: ManifestObject, operations: NonNullable<Patch['operations']>): ManifestObject {
  try {
    return jsonPatch.applyPatch(object, operations as never, true).newDocument;
  } catch (error) {
    const { index = 0, name } = error as { index?: number; name?: string };
    const { op, path } = operations[index] ?? {};
    throw new Error(`operation ${index + 1}, ${op} ${path}: ${reasons[name ?? ''] ?? name}`, { cause: error });
  }
}

/** What the library's codes mean. */
const reasons: Readonly<Record<string, string>> = {
  OPERATION_PATH_UNRESOLVABLE: 'the object has no such path',
  OPERATION_FROM_UNRESOLVABLE: 'the object has no such path to take it from',
  OPERATION_PATH_CANNOT_ADD: 'the object has no such path to add to; add what holds it first',
  OPERATION_PATH_ILLEGAL_ARRAY_INDEX: 'a list is there, whose entries have numbers',
  OPERATION_VALUE_OUT_OF_BOUNDS: 'the list there is shorter',
  TEST_OPERATION_FAILED: 'another value is there',
};
