import { dump } from 'js-yaml';
import type { ManifestObject } from '../config/model.ts';

/**
 * Objects as a YAML stream. Texts that YAML 1.1 would read as something else (`on`, `0777`, `12:30`) are quoted, since
 * Kubernetes' parser is one of YAML 1.1.
 */
export function manifestText(objects: readonly ManifestObject[]): string {
  return objects.map((object) => dump(object, { noRefs: true, lineWidth: -1 })).join('---\n');
}
