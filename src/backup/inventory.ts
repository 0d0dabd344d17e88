import type { z } from 'zod';
import type { Service } from '../../charts/common/kind.ts';
import type { ContainerSettings } from '../../charts/constructs/container-service.ts';
import type { MinioUse } from '../../charts/constructs/minio.ts';
import type { PostgresSettings } from '../../charts/constructs/postgres.ts';
import type { redisUse } from '../../charts/constructs/redis.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { connections, isManaged } from '../../charts/wiring.ts';

/** A pod of a service, and the container with its programs. */
export interface ServicePod {
  readonly service: string;
  readonly namespace: string;
  /** Name of its objects. */
  readonly object: string;
  readonly pod: string;
  readonly container: string;
  /** The command that starts it. */
  readonly start: string;
}

export interface PostgresServer extends ServicePod {
  readonly user: string;
  /** The one that the project's workloads are told to use. */
  readonly database: string;
}

/** A server whose claim is copied while it is stopped. */
export interface ClaimServer extends ServicePod {
  /** Where its claim is mounted. */
  readonly folder: string;
  readonly user: number;
  readonly group?: number;
}

export interface ObjectStore extends ServicePod {
  readonly port: number;
  readonly accessKey: string;
  /** Where the secret key is, in the project's namespace. */
  readonly secret: { readonly namespace: string; readonly name: string; readonly key: string };
  /** Names of the project's buckets, as the store knows them. */
  readonly buckets: readonly string[];
}

export interface Broker extends ServicePod {
  /** Number of the project's logical database. */
  readonly database: number;
}

/** What holds data of a project in the cluster. */
export interface Inventory {
  readonly postgres: readonly PostgresServer[];
  readonly immudb: readonly ClaimServer[];
  /** Services of any image that have a claim. */
  readonly claims: readonly ClaimServer[];
  readonly store?: ObjectStore;
  readonly broker?: Broker;
  /** What holds data that isn't backed up, and why. */
  readonly skipped: readonly { readonly service: string; readonly reason: string }[];
}

/** The pod of a service that is a StatefulSet of one pod. */
export const podOf = ({ name, namespace, object, owner }: Service, container = name): ServicePod => ({
  service: name,
  namespace,
  object,
  pod: `${object}-0`,
  container,
  start: owner.project ? `repoctl infra project start ${owner.project}` : 'repoctl infra global start',
});

/** Lists what holds data of a project, from the configuration alone. */
export function inventory(environment: Environment, profile: Profile, project: Project): Inventory {
  const here = project.services.filter((service) => !isManaged(profile, service));
  const ofKind = (kind: string) => here.filter((service) => service.kind === kind);
  const used = environment.services.filter((service) => service.kind in project.uses && !isManaged(profile, service));
  const minio = used.find(({ kind }) => kind === 'minio');
  const redis = used.find(({ kind }) => kind === 'redis');
  return {
    postgres: ofKind('postgres').map((service) => {
      const { user, database } = service.settings as PostgresSettings;
      return { ...podOf(service, 'postgres'), user, database };
    }),
    // As charts/constructs/immudb.ts has it.
    immudb: ofKind('immudb').map((service) => ({
      ...podOf(service, 'immudb'),
      folder: '/var/lib/immudb',
      user: 3322,
    })),
    claims: ofKind('container').flatMap((service) => {
      const { storage, user, group } = service.settings as ContainerSettings;
      return storage ? [{ ...podOf(service), folder: storage.path, user, group }] : [];
    }),
    store: minio && objectStore(environment, profile, project, podOf(minio)),
    broker: redis && { ...podOf(redis), database: (project.uses.redis as z.output<typeof redisUse>).database },
    skipped: skipped(environment, profile, project),
  };
}

function objectStore(environment: Environment, profile: Profile, project: Project, pod: ServicePod): ObjectStore {
  const { buckets } = project.uses.minio as MinioUse;
  const connection = connections(environment, profile, project).get(pod.service);
  const key = connection?.secret.keys[0]?.key;
  if (!connection || !key) throw new TypeError(`${project.name} has no connection to ${pod.service}`);
  return {
    ...pod,
    port: 9000,
    accessKey: project.name,
    secret: { namespace: project.namespace, name: connection.secret.name, key },
    buckets: buckets.map((bucket) => `${project.name}-${bucket}`),
  };
}

/** Kinds of services with data that can be made anew, or that are tools. */
const withoutData = ['pgadmin'];

function skipped(environment: Environment, profile: Profile, project: Project): Inventory['skipped'] {
  const used = environment.services.filter(({ kind }) => kind in project.uses);
  const managed = [...used, ...project.services].filter((service) => isManaged(profile, service));
  const own = project.services.filter((service) => !isManaged(profile, service));
  const unknown = own.filter(
    ({ kind, settings }) =>
      !['postgres', 'immudb', 'container', ...withoutData].includes(kind) &&
      (settings as { storage?: unknown }).storage !== undefined,
  );
  const redis = used.filter((service) => service.kind === 'redis' && !isManaged(profile, service));
  return [
    ...managed.map(({ name }) => ({ service: name, reason: 'it is managed: its provider backs it up' })),
    ...unknown.map(({ name, kind }) => ({ service: name, reason: `repoctl knows no way to back up a ${kind}` })),
    ...redis.map(({ name }) => ({ service: name, reason: 'a broker: what waits in its queues is not kept' })),
  ];
}

/** The services of a project whose claims are in a backup. */
export const savedServices = ({ postgres, immudb, claims }: Inventory): ServicePod[] => [
  ...postgres,
  ...immudb,
  ...claims,
];
