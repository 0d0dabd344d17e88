import type { ManifestObject } from './manifest-object.ts';

/**
 * An object whose pods Stakater Reloader starts again when one of their Secrets or ConfigMaps changes: they read them when they
 * start.
 *
 * @see https://github.com/stakater/Reloader
 */
export function withReloader(object: ManifestObject): ManifestObject {
  if (!['Deployment', 'StatefulSet'].includes(object.kind)) return object;
  const { annotations } = object.metadata as { readonly annotations?: Readonly<Record<string, string>> };
  const metadata = { ...object.metadata, annotations: { 'reloader.stakater.com/auto': 'true', ...annotations } };
  return { ...object, metadata };
}
