import { backupFlows, backupOf, toStore } from './backups.ts';
import { calledBy, callsTo } from './call-flows.ts';
import { settingsOf } from './calls.ts';
import { backupLabels } from './common/backup-labels.ts';
import { databaseClusterOf } from './common/database-cluster-of.ts';
import {
  addressPeers,
  type Flow,
  type PodFlows,
  podsOfPeer,
  podsPeer,
  reached,
  rolesPeer,
  tcp,
} from './common/flow.ts';
import type { Consumer, Service, ServiceKind, Workload } from './common/kind.ts';
import { labelled } from './common/labelled.ts';
import type { Metrics } from './common/metrics.ts';
import { objectName } from './common/names.ts';
import type { ManagedAddress, ReachedPort } from './common/network.ts';
import { queuesOf } from './common/scaling.ts';
import { podAccount } from './common/service-account.ts';
import { exporterComponent, exporterMetrics, exporterName } from './constructs/exporter.ts';
import { serviceKinds, workloadKinds, workloadRoles } from './kinds.ts';
import type { Environment, Profile, Project } from './model.ts';
import { behind, consumers, isManaged, ownConsumers, ownerOf, scrapers, servicesInCluster, users } from './wiring.ts';

/** The ports at which workloads reach a service. */
const clientPorts = ({ ports, clientPorts }: ServiceKind, { settings }: Service): ReachedPort[] =>
  ports(settings)
    .filter(({ name }) => clientPorts?.includes(name) ?? true)
    .map(reached);

/** All connections of a namespace's pods that the configuration tells: of the global tier without a project. */
export function flows(environment: Environment, profile: Profile, project?: Project): PodFlows[] {
  const here = servicesInCluster(profile, (project ?? environment).services);
  const services = here.flatMap((service) => serviceFlows(environment, profile, project, here, service));
  const connected = project ? connectionFlows(environment, profile, project) : { flows: [], hosts: [] };
  const workloads = (project?.workloads ?? []).map((workload): PodFlows => {
    const kind = workloadKinds[workload.kind];
    const own = kind?.component ?? '';
    const ports = kind?.ports(workload.settings) ?? [];
    const self = podsOfPeer(labelled(workload, own), workload.namespace);
    // Pods with names of their own find each other.
    const peers: Flow[] = kind?.controller === 'StatefulSet' ? [{ peers: [self], ports: ports.map(reached) }] : [];
    const declared = declaredFlows(environment, profile, project, workload);
    return {
      labelled: labelled(workload, own),
      ingress: [
        ...peers,
        ...calledBy(environment, project, workload, ports),
        ...scraped(environment, profile, project, kind?.metrics?.(workload.settings)),
        ...exposed(profile, kind?.exposure?.(workload.settings)?.number),
      ],
      egress: [...peers, ...connected.flows, ...declared.flows],
      hosts: [...connected.hosts, ...declared.hosts],
    };
  });
  return [...services, ...workloads, ...(project ? [] : exporterFlows(environment, profile))];
}

/** From Prometheus to the exporter, and from it to the API server. */
function exporterFlows(environment: Environment, profile: Profile): PodFlows[] {
  if (!profile.monitoring.exporter) return [];
  const owner = ownerOf(environment);
  const object = objectName(environment.name, exporterName);
  return [
    {
      labelled: { name: exporterName, object, component: exporterComponent, owner },
      ingress: scraped(environment, profile, undefined, exporterMetrics),
      egress: [toApiServer(profile)],
      hosts: [],
    },
  ];
}

/** A service's, and those of the job that it brings along. */
function serviceFlows(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  here: readonly Service[],
  service: Service,
): PodFlows[] {
  const kind = serviceKinds[service.kind];
  if (!kind) return [];
  const consuming = project ? ownConsumers(service) : consumers(environment, service);
  const ports = clientPorts(kind, service);
  const peerOf = (each: Service) => podsOfPeer(labelled(each, ''), each.namespace);
  const server = behind(here, service);
  const shown = server ? [server] : here.filter((each) => each.kind === kind.companionOf);
  const callers = here.filter(
    (each) => serviceKinds[each.kind]?.companionOf === service.kind || behind(here, each) === service,
  );
  const job = kind.setUp?.(service, consuming);
  const declared = declaredFlows(environment, profile, project, service);
  const cluster = clusterFlows(profile, service);
  const own: PodFlows = {
    labelled: labelled(service, kind.component),
    ingress: [
      ...cluster.ingress,
      {
        peers: [
          ...(kind.connect ? clients(environment, project, service, consuming) : []),
          ...callers.map(peerOf),
          ...(job ? [podsOfPeer(job, service.namespace)] : []),
          ...(backupOf(profile, service) && !databaseClusterOf(service.settings)
            ? [podsOfPeer(backupLabels(service), service.namespace)]
            : []),
        ],
        ports,
      },
      ...measured(environment, profile, project, service, ports),
      ...calledBy(environment, project, service, kind.ports(service.settings)),
      ...scraped(environment, profile, project, kind.metrics?.(service.settings)),
    ],
    egress: [
      ...shown.map((each) => ({
        peers: [peerOf(each)],
        ports: clientPorts(serviceKinds[each.kind] as ServiceKind, each),
      })),
      ...scrapes(environment, project, service),
      ...declared.flows,
      ...cluster.egress,
    ],
    hosts: [...declared.hosts, ...cluster.hosts],
  };
  const backups = backupFlows(profile, service, { peers: [peerOf(service)], ports });
  if (!job) return [own, ...backups];
  return [own, ...backups, { labelled: job, ingress: [], egress: [{ peers: [peerOf(service)], ports }], hosts: [] }];
}

/** Where the instances of a database cluster answer its operator, and each other. */
const instancePorts = [5432, 8000].map(tcp);

/** Of the instances of a database cluster: with its operator, each other, the API server and the bucket of its archive. */
function clusterFlows(profile: Profile, service: Service): Pick<PodFlows, 'ingress' | 'egress' | 'hosts'> {
  if (!databaseClusterOf(service.settings)) return { ingress: [], egress: [], hosts: [] };
  const each: Flow = { peers: [podsOfPeer(labelled(service, ''), service.namespace)], ports: instancePorts };
  const backup = backupOf(profile, service);
  const store = backup && toStore(backup);
  return {
    ingress: [each, { peers: [podsPeer(profile.network.cloudnativePg)], ports: instancePorts }],
    egress: [each, toApiServer(profile), ...(store ? [store.flow] : [])],
    hosts: store?.hosts ?? [],
  };
}

/** From KEDA to a service whose queues workloads are scaled by. */
function measured(
  environment: Environment,
  { development, network }: Profile,
  project: Project | undefined,
  service: Service,
  ports: readonly ReachedPort[],
): Flow[] {
  const asking = project ? [project] : users(environment, service);
  const isAsked = asking.some(({ workloads }) =>
    workloads.some(({ settings }) => queuesOf(settings).some((each) => each.service === service.name)),
  );
  return isAsked && !development ? [{ peers: [podsPeer(network.keda)], ports }] : [];
}

/** The workloads that are connected with a service: all of its project, or of the projects that use it. */
function clients(
  environment: Environment,
  project: Project | undefined,
  { name }: Service,
  users: readonly Consumer[],
): Flow['peers'] {
  if (project) return project.workloads.length > 0 ? [rolesPeer([project.namespace], workloadRoles)] : [];
  const namespaces = environment.projects
    .filter(({ uses, workloads }) => Object.hasOwn(uses, name) && workloads.length > 0)
    .map(({ namespace }) => namespace);
  return users.length > 0 && namespaces.length > 0 ? [rolesPeer(namespaces, workloadRoles)] : [];
}

interface Outgoing {
  readonly flows: readonly Flow[];
  readonly hosts: readonly string[];
}

/** From each workload of a project to its services and those that it uses of the global tier. */
function connectionFlows(environment: Environment, profile: Profile, project: Project): Outgoing {
  const used = environment.services.filter(({ name }) => Object.hasOwn(project.uses, name));
  const hosts: string[] = [];
  const outgoing = [...used, ...project.services].flatMap((service): Flow[] => {
    const kind = serviceKinds[service.kind];
    if (!kind?.connect) return [];
    const ports = clientPorts(kind, service);
    // What stands in front of a managed one runs where that does.
    const managed = [behind(project.services, service), service].find((each) => each && isManaged(profile, each));
    if (!managed) return [{ peers: [podsOfPeer(labelled(service, kind.component), service.namespace)], ports }];
    const own = kind.managedPorts?.map(tcp) ?? ports;
    return managedAddresses(profile, managed).map(({ cidrs, fqdn, ports = own }) => {
      if (fqdn !== undefined) hosts.push(fqdn);
      return { peers: addressPeers(cidrs), ports };
    });
  });
  return { flows: outgoing, hosts };
}

/** Where a managed service is; an entry of which nothing is said stands for any address. */
export const managedAddresses = ({ network }: Profile, service: Service): readonly ManagedAddress[] =>
  network.managed[`${service.scope}/${service.name}`] ?? network.managed[service.kind] ?? [{}];

/** Where the configuration says that a service or workload connects to. */
function declaredFlows(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  each: Service | Workload,
): Outgoing {
  const { egress = [], serviceAccount } = settingsOf(each);
  return {
    flows: [
      ...callsTo(environment, profile, project, each),
      ...egress.flatMap(({ to, cidrs, ports = [] }): Flow[] =>
        to === undefined ? [{ peers: addressPeers(cidrs), ports }] : [],
      ),
      ...(podAccount(each.object, serviceAccount)?.token ? [toApiServer(profile)] : []),
    ],
    hosts: egress.flatMap(({ fqdn }) => fqdn ?? []),
  };
}

const toApiServer = ({ network: { apiServer } }: Profile): Flow => ({
  peers: addressPeers(apiServer.cidrs),
  ports: apiServer.ports.map(tcp),
});

/** From the ingress controller. */
const exposed = ({ network, development }: Profile, number: number | undefined): Flow[] =>
  number === undefined || development ? [] : [{ peers: [podsPeer(network.ingressController)], ports: [tcp(number)] }];

/** From Prometheus: that of the cluster, and those of the project and of the global tier. */
function scraped(
  environment: Environment,
  profile: Profile,
  project: Project | undefined,
  metrics: Metrics | undefined,
): Flow[] {
  if (!metrics) return [];
  const own = servicesInCluster(profile, (project ?? environment).services).filter(
    ({ kind }) => serviceKinds[kind]?.scrapes,
  );
  const shared = project ? scrapers(environment, profile, project) : [];
  const peers = [...own, ...shared].map((each) => podsOfPeer(labelled(each, ''), each.namespace));
  return [{ peers: [podsPeer(profile.network.monitoring), ...peers], ports: [tcp(metrics.number)] }];
}

/** To all pods whose metrics a service reads. */
function scrapes(environment: Environment, project: Project | undefined, service: Service): Flow[] {
  if (!serviceKinds[service.kind]?.scrapes) return [];
  const others = project ? [] : users(environment, service).map(({ namespace }) => namespace);
  return [{ peers: [service.namespace, ...others].map((namespace) => podsPeer({ namespace })), ports: [] }];
}
