import type {
  V1ConfigMap,
  V1Container,
  V1CronJob,
  V1Deployment,
  V1EnvVar,
  V1Job,
  V1Namespace,
  V1PersistentVolumeClaim,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Service,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';

/** The objects of a namespace. */
export type Objects = readonly ManifestObject[];

/** Types of the objects by kind. */
interface Kinds {
  readonly ConfigMap: V1ConfigMap;
  readonly CronJob: V1CronJob;
  readonly Deployment: V1Deployment;
  readonly Job: V1Job;
  readonly Namespace: V1Namespace;
  readonly Service: V1Service;
  readonly StatefulSet: V1StatefulSet;
}

type Fully<T> = T extends object ? { [Key in keyof T]-?: Fully<NonNullable<T[Key]>> } : T;

/** The objects of a kind. */
export const all = <Kind extends keyof Kinds>(objects: Objects, kind: Kind): Fully<Kinds[Kind]>[] =>
  objects.filter((object) => object.kind === kind) as unknown as Fully<Kinds[Kind]>[];

/** The only object of a kind, or the one of a name. */
export function one<Kind extends keyof Kinds>(objects: Objects, kind: Kind, name?: string): Fully<Kinds[Kind]> {
  const found = all(objects, kind).filter(({ metadata }) => name === undefined || metadata.name === name);
  if (found.length !== 1 || !found[0])
    throw new TypeError(`${found.length} of ${kind} ${name ?? ''}, among ${objects.map(identity).join(', ')}`);
  return found[0];
}

/** `Kind/name`. */
export const identity = ({ kind, metadata }: ManifestObject): string => `${kind}/${metadata?.name}`;

/** Pods that an object makes. */
export interface Workload {
  readonly object: ManifestObject;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly template: Fully<V1PodTemplateSpec>;
  readonly pod: V1PodSpec;
  /** Whether the pods stay, unlike those of a job. */
  readonly lasting: boolean;
  readonly selector?: Readonly<Record<string, string>>;
  readonly claims: readonly V1PersistentVolumeClaim[];
}

/** Everything that makes pods. */
export function workloads(objects: Objects): Workload[] {
  return objects.flatMap((object) => {
    const { kind, metadata } = object;
    const spec = object.spec as {
      template?: V1PodTemplateSpec;
      jobTemplate?: { spec: { template: V1PodTemplateSpec } };
      selector?: { matchLabels: Record<string, string> };
      volumeClaimTemplates?: V1PersistentVolumeClaim[];
    };
    const template = (spec?.template ?? spec?.jobTemplate?.spec.template) as Fully<V1PodTemplateSpec> | undefined;
    if (!template) return [];
    return [
      {
        object,
        kind,
        name: metadata?.name ?? '',
        namespace: metadata?.namespace ?? '',
        template,
        pod: template.spec as V1PodSpec,
        lasting: kind !== 'Job' && kind !== 'CronJob',
        selector: spec.selector?.matchLabels,
        claims: spec.volumeClaimTemplates ?? [],
      },
    ];
  });
}

/** The pod of the only workload, or of the one of a name; a job's name is given without its hash. */
export function podOf(objects: Objects, name?: string): Fully<V1PodSpec> {
  const found = workloads(objects).filter(
    (each) => name === undefined || each.name === name || each.name.replace(/-[0-9a-f]{8}$/, '') === name,
  );
  if (found.length !== 1 || !found[0]) throw new TypeError(`${found.length} workloads ${name ?? ''}`);
  return found[0].pod as Fully<V1PodSpec>;
}

/** The main container of such a pod. */
export function containerOf(objects: Objects, name?: string): Fully<V1Container> {
  const [container] = podOf(objects, name).containers;
  if (!container) throw new TypeError(`no container in ${name}`);
  return container;
}

/** The environment of a container: values as they are, those of Secrets as `secret NAME/KEY`. */
export function environmentOf(container: { readonly env?: readonly V1EnvVar[] }): Record<string, string | undefined> {
  return Object.fromEntries(
    (container.env ?? []).map(({ name, value, valueFrom }) => {
      const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
      return [name, secret === undefined ? value : `secret ${secret}/${key}`];
    }),
  );
}
