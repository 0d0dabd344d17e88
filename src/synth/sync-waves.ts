import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { PlannedNamespace } from './plan.ts';
import { stageIn, stages } from './stages.ts';

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/ */
const waveAnnotation = 'argocd.argoproj.io/sync-wave';

/**
 * Gives objects of a namespace the wave in which Argo CD applies them, once those of the wave before are healthy. Jobs are
 * no hooks: a hook would run at every sync, and a job whose name has not changed has done its work.
 */
export function inWaves(namespace: PlannedNamespace): (object: ManifestObject) => ManifestObject {
  const stageOf = stageIn(namespace);
  return (object) => {
    // Before all, also where something is missing.
    const wave = object.kind === 'Namespace' ? -1 : stages.indexOf(stageOf(object));
    const { annotations } = (object.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
    const metadata = { ...object.metadata, annotations: { ...annotations, [waveAnnotation]: String(wave) } };
    return { ...object, metadata };
  };
}
