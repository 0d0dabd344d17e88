import { knownKind } from './api-kinds.ts';
import { copyOf } from './copy-of.ts';
import { amount } from './fields.ts';
import type { ManifestObject } from './manifest-object.ts';
import { type Fields, isMap } from './pod-security.ts';
import { FormError, podFields, podParts } from './pod-templates.ts';

const name = 'ephemeral-storage';

/** What a container may fill of its node's disk without a word about it: logs, what it writes, and its empty folders. */
const defaults = { requests: '64Mi', limits: '1Gi' } as const;

/**
 * An object whose containers state how much of their nodes' disks they use, and whose empty folders have a limit: one pod
 * that fills the disk would have all others of its node evicted. What is stated stays.
 */
export function withDiskLimits(object: ManifestObject): ManifestObject {
  const { builtIn, template } = knownKind(object.apiVersion, object.kind);
  if (!builtIn || !template) return object;
  const copy = copyOf(object) as ManifestObject & Fields;
  try {
    for (const { pod } of podParts(copy, builtIn, template).pods) limitPod(pod);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    return object;
  }
  return copy;
}

const maps = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isMap) : []);
const mapOf = (value: unknown): Fields => (isMap(value) ? value : {});

function limitPod(pod: Fields): void {
  let largest: string = defaults.limits;
  for (const container of podFields.flatMap((field) => maps(pod[field]))) {
    const { requests, limits, ...rest } = mapOf(container.resources);
    const limit = String(mapOf(limits)[name] ?? defaults.limits);
    const request = String(
      mapOf(requests)[name] ?? (amount(limit) < amount(defaults.requests) ? limit : defaults.requests),
    );
    if (amount(limit) > amount(largest)) largest = limit;
    container.resources = {
      ...rest,
      requests: { ...mapOf(requests), [name]: request },
      limits: { ...mapOf(limits), [name]: limit },
    };
  }
  for (const volume of maps(pod.volumes))
    if (isMap(volume.emptyDir) && volume.emptyDir.sizeLimit === undefined)
      volume.emptyDir = { ...volume.emptyDir, sizeLimit: largest };
}
