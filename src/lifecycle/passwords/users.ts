import { typeMeta } from '../../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import type { Cluster, ObjectReference } from '../../cluster/client.ts';

/** A key of a Secret. */
export interface KeyReference {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
}

interface Container {
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
}

/** A controller whose pods stay. */
export interface Controller extends ManifestObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: { readonly initContainers?: readonly Container[]; readonly containers: readonly Container[] };
    };
  };
}

/** Whether the environment of a controller's pods, which is made when they start, has one of the keys. */
export function hasInEnvironment({ metadata, spec }: Controller, keys: readonly KeyReference[]): boolean {
  const own = keys.filter(({ namespace }) => namespace === metadata.namespace);
  const is = (name: string | undefined, key?: string) =>
    own.some((each) => each.secret === name && (key === undefined || each.key === key));
  return spec.template.spec.containers.some(
    ({ env = [], envFrom = [] }) =>
      env.some(({ valueFrom }) => is(valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.key)) ||
      envFrom.some(({ secretRef }) => is(secretRef?.name)),
  );
}

/** The controllers that run pods with one of the keys in their environment. */
export async function usersOf(cluster: Cluster, keys: readonly KeyReference[]): Promise<Controller[]> {
  const namespaces = [...new Set(keys.map(({ namespace }) => namespace))];
  const lists = namespaces.flatMap((namespace) =>
    (['Deployment', 'StatefulSet'] as const).map(async (kind) =>
      (await cluster.list<Controller>(kind, { namespace })).map((each) => ({
        ...each,
        ...typeMeta(kind),
      })),
    ),
  );
  const all = (await Promise.all(lists)).flat();
  return all.filter((each) => each.spec.replicas !== 0 && hasInEnvironment(each, keys));
}

/** Replaces the pods of a controller, as `kubectl rollout restart` does. */
export const restart = (cluster: Cluster, { apiVersion, kind, metadata }: ObjectReference): Promise<boolean> =>
  cluster.patch(
    { apiVersion, kind, metadata },
    {
      spec: {
        template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } },
      },
    },
  );
