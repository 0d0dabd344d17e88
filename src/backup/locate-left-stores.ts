import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { type ServiceKindName, serviceKinds } from '../../charts/kinds.ts';
import type { Cluster } from '../cluster/client.ts';
import type { LeftProject, LeftServer, LeftVariable } from './data-store.ts';
import type { ProjectStores } from './locate-stores.ts';
import type { ServicePod } from './service-pods.ts';
import { storeKinds } from './stores.ts';

interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env?: readonly LeftVariable[];
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
    readonly volumeClaimTemplates?: readonly unknown[];
  };
}

type Owners = Pick<LeftProject, 'environment' | 'project'>;

/** Finds the data of a project that has left the configuration by what runs, or is stopped, in its namespace. */
export async function readLeftStores(cluster: Cluster, owners: Owners): Promise<ProjectStores> {
  const { environment, project } = owners;
  const labels = { [labelKeys.partOf]: environment.namespace, [labelKeys.project]: project.name };
  const list = (kind: 'StatefulSet' | 'Deployment') =>
    cluster.list<Templated>(kind, { namespace: project.namespace, labels });
  const [sets, deployments] = await Promise.all([list('StatefulSet'), list('Deployment')]);
  return locateLeftStores(owners, sets, deployments);
}

/** The same, from objects that were read. */
export function locateLeftStores(
  owners: Owners,
  sets: readonly Templated[],
  deployments: readonly Templated[],
): ProjectStores {
  const servers = sets.flatMap((set) => leftServer(owners.project.namespace, set) ?? []);
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
  const variables = new Map(containers.flatMap(({ env = [] }) => env).map((each) => [each.name, each] as const));
  const stores = Object.entries(storeKinds).flatMap(([name, kind]) => [
    ...(kind?.locateLeft(
      servers.filter((server) => server.kind === name),
      { ...owners, variables },
    ) ?? []),
  ]);
  const lost = servers.filter(
    ({ pod, hasClaims }) => hasClaims && !stores.some(({ server }) => server.pod === pod.pod),
  );
  return {
    stores,
    skipped: lost.map(({ pod }) => ({
      service: pod.service,
      reason: 'the name of its claim does not tell how to back it up',
    })),
  };
}

/** The kind that names its container so; any other is an image of others. */
const kindOf = ({ name }: Container): ServiceKindName =>
  name in serviceKinds && storeKinds[name as ServiceKindName] ? (name as ServiceKindName) : 'container';

/** A server by what it says itself. */
function leftServer(
  namespace: string,
  set: Templated,
): (LeftServer & { readonly kind: ServiceKindName; readonly hasClaims: boolean }) | undefined {
  const { metadata, spec } = set;
  const [container] = spec.template.spec.containers;
  if (!container) return undefined;
  const pod: ServicePod = {
    service: metadata.labels?.[labelKeys.name] ?? metadata.name,
    namespace,
    object: metadata.name,
    pod: `${metadata.name}-0`,
    container: container.name,
    start: `kubectl -n ${namespace} scale statefulset ${metadata.name} --replicas 1`,
  };
  const folder = container.volumeMounts?.find(({ name }) => name === 'data')?.mountPath;
  const { runAsUser: user, runAsGroup: group } = spec.template.spec.securityContext ?? {};
  const hasClaims = (spec.volumeClaimTemplates ?? []).length > 0;
  return {
    kind: kindOf(container),
    pod,
    hasClaims,
    variable: (name) => container.env?.find((each) => each.name === name)?.value,
    claim: hasClaims && folder !== undefined && user !== undefined ? { ...pod, folder, user, group } : undefined,
  };
}
