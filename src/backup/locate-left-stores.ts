import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { volumeObject } from '../../charts/common/volumes.ts';
import { type ServiceKindName, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Cluster } from '../cluster/client.ts';
import type { DataStore, LeftProject, LeftServer, LeftVariable } from './data-store.ts';
import type { ProjectStores } from './locate-stores.ts';
import { copyFolder } from './locate-volumes.ts';
import { type ClaimServer, type ServicePod, templateClaim } from './service-pods.ts';
import { volumeStore } from './stores/volume.ts';
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
        readonly volumes?: readonly {
          readonly name: string;
          readonly persistentVolumeClaim?: { readonly claimName: string };
        }[];
      };
    };
    readonly replicas?: number;
    readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
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

/** The data of a project that has left the configuration, from objects that were read. */
export function locateLeftStores(
  owners: Owners,
  sets: readonly Templated[],
  deployments: readonly Templated[],
): ProjectStores {
  const { namespace } = owners.project;
  const servers = sets.filter((set) => !isWorkload(set)).flatMap((set) => leftServer(namespace, set) ?? []);
  const containers = deployments.flatMap(({ spec }) => spec.template.spec.containers);
  const variables = new Map(containers.flatMap(({ env = [] }) => env).map((each) => [each.name, each] as const));
  const stores = Object.entries(storeKinds).flatMap(([name, kind]) => [
    ...(kind?.locateLeft(
      servers.filter((server) => server.kind === name),
      { ...owners, variables },
    ) ?? []),
  ]);
  const volumes = [...sets, ...deployments].flatMap((each) => leftVolumes(namespace, each, sets.includes(each)));
  const lost = servers.filter(
    ({ pod, hasClaims }) => hasClaims && ![...stores, ...volumes].some(({ server }) => server.pod === pod.pod),
  );
  return {
    stores: [...stores, ...volumes],
    skipped: lost.map(({ pod }) => ({
      service: pod.service,
      reason: 'the name of its claim does not tell how to back it up',
    })),
  };
}

/** The kind that names its container so; any other is an image of others. */
const kindOf = ({ name }: Container): ServiceKindName =>
  name in serviceKinds && storeKinds[name as ServiceKindName] ? (name as ServiceKindName) : 'container';

const podOf = (namespace: string, { metadata }: Templated, container: Container): ServicePod => ({
  service: metadata.labels?.[labelKeys.name] ?? metadata.name,
  namespace,
  object: metadata.name,
  pod: `${metadata.name}-0`,
  claim: templateClaim('data', `${metadata.name}-0`),
  container: container.name,
  start: `kubectl -n ${namespace} scale statefulset ${metadata.name} --replicas 1`,
});

/** Whether a StatefulSet is a workload of the project's own. */
const isWorkload = ({ metadata }: Templated): boolean =>
  metadata.labels?.[labelKeys.component] === workloadKinds.statefulset?.component;

/** The claims under `volumes` of what has a pod template, by the names that repoctl gives them. */
function leftVolumes(namespace: string, object: Templated, isSet: boolean): DataStore[] {
  const { metadata, spec } = object;
  const { containers, securityContext = {}, volumes = [] } = spec.template.spec;
  const [container] = containers;
  if (!container) return [];
  const isService = isSet && !isWorkload(object);
  const kind = isSet ? 'StatefulSet' : 'Deployment';
  const server = (claim: string): ClaimServer => ({
    ...podOf(namespace, object, container),
    claim,
    workloads: isService ? undefined : [{ kind, object: metadata.name }],
    folder: copyFolder,
    user: securityContext.runAsUser ?? 0,
    group: securityContext.runAsGroup,
  });
  if (!isSet)
    return volumes
      .filter((each) => each.persistentVolumeClaim?.claimName === volumeObject(metadata.name, each.name))
      .map(({ name }) => volumeStore(server(volumeObject(metadata.name, name)), name));
  const templates = (spec.volumeClaimTemplates ?? []).flatMap((each) => each.metadata?.name ?? []);
  const claimOf = (name: string, ordinal: number) => server(templateClaim(name, `${metadata.name}-${ordinal}`));
  // That of its `storage` is the service's own.
  if (isService) return templates.filter((name) => name !== 'data').map((name) => volumeStore(claimOf(name, 0), name));
  const ordinals = Array.from({ length: Math.max(1, spec.replicas ?? 1) }, (_, ordinal) => ordinal);
  return templates.flatMap((name) => ordinals.map((ordinal) => volumeStore(claimOf(name, ordinal), name, ordinal)));
}

/** A server by what it says itself. */
function leftServer(
  namespace: string,
  set: Templated,
): (LeftServer & { readonly kind: ServiceKindName; readonly hasClaims: boolean }) | undefined {
  const { spec } = set;
  const [container] = spec.template.spec.containers;
  if (!container) return undefined;
  const pod = podOf(namespace, set, container);
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
