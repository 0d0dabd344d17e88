import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';

/** The objects of a manifest that `synth` wrote. */
export function readManifest(folder: string, name: string): ManifestObject[] {
  const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
  return (Array.isArray(documents) ? documents : []).map((document) => document.toJS() as ManifestObject);
}

/** Says of what images a pod template was applied, so that a rebuilt one replaces the pods. */
export const imagesAnnotation = 'repoctl.dev/images';

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly initContainers?: readonly { readonly image: string }[];
    readonly containers: readonly { readonly image: string }[];
  };
}

/** The pod template of an object, if it has one. */
export function podTemplateOf({ kind, spec }: ManifestObject): PodTemplate | undefined {
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: PodTemplate;
    jobTemplate?: { spec: { template: PodTemplate } };
  };
  return kind === 'CronJob' ? jobTemplate?.spec.template : template;
}

/** An object whose images are those of another state of it, as far as they were built here. */
export function withImagesOf(object: ManifestObject, existing: ManifestObject): ManifestObject {
  const annotations = ({ metadata }: { readonly metadata?: object }) =>
    (metadata as { annotations?: Readonly<Record<string, string>> } | undefined)?.annotations;
  const template = podTemplateOf(existing);
  const said = annotations(object.kind === 'Job' ? existing : (template ?? {}))?.[imagesAnnotation] ?? '';
  const ids = said.split(' ').flatMap((each): [string, string][] => {
    const at = each.indexOf('@');
    return at < 0 ? [] : [[each.slice(0, at), each.slice(at + 1)]];
  });
  return withImages(object, new Map(ids));
}

/**
 * An object with the identities of the images that it runs, of those that were built here: `name:local` says nothing of
 * what is in it. On the pod template, and on a Job itself, whose template can't be changed.
 *
 * @param ids identities by reference
 */
export function withImages(object: ManifestObject, ids: ReadonlyMap<string, string>): ManifestObject {
  const template = podTemplateOf(object);
  if (!template) return object;
  const { initContainers = [], containers } = template.spec;
  const references = [...new Set([...initContainers, ...containers].map(({ image }) => image))].sort();
  const built = references.filter((reference) => ids.has(reference));
  if (built.length === 0) return object;
  const value = built.map((reference) => `${reference}@${ids.get(reference)}`).join(' ');
  const annotate = <Type extends { readonly metadata?: object }>(of: Type): Type => {
    const annotations = (of.metadata as { annotations?: object } | undefined)?.annotations;
    return { ...of, metadata: { ...of.metadata, annotations: { ...annotations, [imagesAnnotation]: value } } };
  };
  const { spec } = object as unknown as { spec: { jobTemplate: { spec: object } } };
  if (object.kind === 'Job') return annotate(object);
  if (object.kind === 'CronJob') {
    const job = { ...spec.jobTemplate.spec, template: annotate(template) };
    return { ...object, spec: { ...spec, jobTemplate: { ...spec.jobTemplate, spec: job } } };
  }
  return { ...object, spec: { ...spec, template: annotate(template) } };
}
