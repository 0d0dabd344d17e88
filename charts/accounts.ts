import { typeMeta } from './common/api-versions.ts';
import { copyOf } from './common/copy-of.ts';
import { labelKeys } from './common/labels.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import { type Fields, isMap } from './common/pod-security.ts';

/** Where each kind of generated object holds the specification of its pods. */
const templates: Readonly<Record<string, readonly string[]>> = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
};

function podOf(object: ManifestObject): Fields | undefined {
  const path = templates[object.kind];
  const found = path?.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), object);
  return isMap(found) ? found : undefined;
}

/** The service or workload that an object belongs to. */
const instanceOf = ({ metadata }: ManifestObject): string | undefined => metadata?.labels?.[labelKeys.instance];

/**
 * An object whose pods have a ServiceAccount of their own: what the namespace's is granted some day is not theirs, and an
 * audit tells them apart. One that is named stays.
 */
export function withOwnAccount(object: ManifestObject): ManifestObject {
  const instance = instanceOf(object);
  if (instance === undefined || podOf(object)?.serviceAccountName !== undefined) return object;
  const copy = copyOf(object) as ManifestObject & Fields;
  const pod = podOf(copy);
  if (!pod) return object;
  pod.serviceAccountName = instance;
  return copy;
}

const ownKeys: ReadonlySet<string> = new Set(Object.values(labelKeys));

/** The ServiceAccounts that pods have for themselves and that are not there yet, without a token. */
export function ownAccounts(objects: readonly ManifestObject[]): ManifestObject[] {
  const there = new Set(objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata?.name));
  return objects.flatMap((object): ManifestObject[] => {
    const name = instanceOf(object);
    if (name === undefined || there.has(name) || podOf(object)?.serviceAccountName !== name) return [];
    there.add(name);
    const { namespace, labels = {} } = object.metadata ?? {};
    // Without those that patches have given to the object.
    const own = Object.fromEntries(Object.entries(labels).filter(([key]) => ownKeys.has(key)));
    return [
      {
        ...typeMeta('ServiceAccount'),
        metadata: { name, namespace, labels: own },
        automountServiceAccountToken: false,
      },
    ];
  });
}
