import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { Cluster } from '../cluster/client.ts';
import type { ClaimServer, Inventory, ServicePod } from './inventory.ts';

interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
}

/** An object with a pod template, as far as data goes. */
export interface Templated extends ManifestObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> } & NonNullable<
    ManifestObject['metadata']
  >;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number };
      };
    };
  };
}

/** An environment, and a project of it that the configuration does not have. */
export interface LeftProject {
  readonly environment: { readonly name: string; readonly namespace: string };
  readonly project: { readonly name: string; readonly namespace: string };
}

/**
 * What holds data of a project that has left the configuration: told by what runs, or is stopped, in its namespace.
 */
export async function liveInventory(cluster: Cluster, left: LeftProject): Promise<Inventory> {
  const { environment, project } = left;
  const labels = { [labelKeys.partOf]: environment.namespace, [labelKeys.project]: project.name };
  const list = (kind: string) => cluster.list<Templated>('apps/v1', kind, { namespace: project.namespace, labels });
  const [sets, deployments] = await Promise.all([list('StatefulSet'), list('Deployment')]);
  return inventoryOf(left, sets, deployments);
}

/** The same, from objects that were read. */
export function inventoryOf(
  { environment, project }: LeftProject,
  sets: readonly Templated[],
  deployments: readonly Templated[],
): Inventory {
  const withData = sets.flatMap((set) => {
    const [container] = set.spec.template.spec.containers;
    if (!container) return [];
    const pod = podOf(project.namespace, set, container.name);
    return [{ set, container, pod, server: claimServer(set, container, pod) }];
  });
  const variables = new Map(
    deployments
      .flatMap(({ spec }) => spec.template.spec.containers)
      .flatMap(({ env = [] }) => env)
      .map((variable) => [variable.name, variable] as const),
  );
  const value = (name: string) => variables.get(name)?.value;
  const global = (service: string, container: string): ServicePod => ({
    service,
    namespace: environment.namespace,
    object: `${environment.name}-${service}`,
    pod: `${environment.name}-${service}-0`,
    container,
    start: 'repoctl infra global start',
  });
  const accessKey = value('AWS_ACCESS_KEY_ID');
  const secret = variables.get('AWS_SECRET_ACCESS_KEY')?.valueFrom?.secretKeyRef;
  const buckets = [...variables].flatMap(([name, variable]) =>
    name.startsWith('S3_BUCKET_') && variable.value !== undefined ? [variable.value] : [],
  );
  const inCluster = (name: string, service: string) =>
    value(name)?.includes(`${environment.name}-${service}.${environment.namespace}`);
  const [, database] = /:\d+\/(\d+)$/.exec(value('REDIS_URL') ?? '') ?? [];
  return {
    postgres: withData
      .filter(({ container }) => container.name === 'postgres')
      .map(({ container, pod }) => {
        const of = (name: string) => container.env?.find((each) => each.name === name)?.value ?? '';
        return { ...pod, user: of('POSTGRES_USER'), database: of('POSTGRES_DB') };
      }),
    immudb: withData.flatMap(({ container, server }) => (container.name === 'immudb' && server ? [server] : [])),
    claims: withData.flatMap(({ container, server }) => (isOther(container) && server ? [server] : [])),
    store:
      accessKey && secret && buckets.length > 0 && inCluster('AWS_ENDPOINT_URL_S3', 'minio')
        ? {
            ...global('minio', 'minio'),
            port: 9000,
            accessKey,
            secret: { namespace: project.namespace, ...secret },
            buckets,
          }
        : undefined,
    broker:
      database !== undefined && inCluster('REDIS_URL', 'redis')
        ? { ...global('redis', 'redis'), database: Number(database) }
        : undefined,
    skipped: withData
      .filter(({ set, container, server }) => hasClaims(set) && container.name !== 'postgres' && !server)
      .map(({ pod }) => ({ service: pod.service, reason: 'what its claim is called tells no way to back it up' })),
  };
}

const podOf = (namespace: string, { metadata }: Templated, container: string): ServicePod => ({
  service: metadata.labels?.[labelKeys.name] ?? metadata.name,
  namespace,
  object: metadata.name,
  pod: `${metadata.name}-0`,
  container,
  start: `kubectl -n ${namespace} scale statefulset ${metadata.name} --replicas 1`,
});

const isOther = ({ name }: Container): boolean => !['postgres', 'immudb'].includes(name);

/** A server by what it says itself, if it has the one claim that services have. */
function claimServer(set: Templated, { volumeMounts = [] }: Container, pod: ServicePod): ClaimServer | undefined {
  const folder = volumeMounts.find(({ name }) => name === 'data')?.mountPath;
  const { runAsUser: user, runAsGroup: group } = set.spec.template.spec.securityContext ?? {};
  return hasClaims(set) && folder !== undefined && user !== undefined ? { ...pod, folder, user, group } : undefined;
}

const hasClaims = ({ spec }: Templated): boolean =>
  ((spec as { volumeClaimTemplates?: readonly unknown[] }).volumeClaimTemplates ?? []).length > 0;
