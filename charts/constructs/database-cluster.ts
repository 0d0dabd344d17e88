import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { DatabaseCluster } from '../common/database-cluster.ts';
import { backupScheduleAnnotation } from '../common/database-cluster-of.ts';
import type { Resources } from '../common/fields.ts';
import { addConfigMap, addDatabaseCluster, addObjectStore, addScheduledBackup, changeObject } from '../common/k8s.ts';
import type { BackupContext, Service } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectLabels, ownerLabels } from '../common/labels.ts';

const component = 'database';

/** The plugin by which CloudNativePG archives to a bucket. */
const barman = 'barman-cloud.cloudnative-pg.io';

/** The user of the official images of PostgreSQL. */
const postgresUser = 999;

/** What a Cluster is made from. */
interface ClusterSettings {
  readonly image: string;
  readonly database: string;
  readonly user: string;
  readonly storage: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly initScripts: Readonly<Record<string, string>>;
}

/**
 * PostgreSQL as a Cluster of the CloudNativePG operator, which makes its pods, claims, Services (`NAME-rw`, `NAME-ro`), budget and
 * the Secret `NAME-app`.
 *
 * @see https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/
 */
export class DatabaseClusterService extends Construct {
  readonly cluster: ApiObject;

  constructor(scope: Construct, service: Service<ClusterSettings>, cluster: DatabaseCluster) {
    super(scope, service.name);
    const { settings, object, owner } = service;
    const described = labelled(service, component);
    const metadata = { name: object, labels: objectLabels(described) };
    const scripts = Object.keys(settings.initScripts).sort();
    if (scripts.length > 0)
      addConfigMap(this, 'init-scripts', {
        metadata: { ...metadata, name: `${object}-init` },
        data: settings.initScripts,
      });
    const { instances, storageClassName: storageClass, walStorage, synchronous, recovery } = cluster;
    const owned = { database: settings.database, owner: settings.user };
    this.cluster = addDatabaseCluster(this, 'cluster', {
      metadata,
      spec: {
        instances,
        imageName: settings.image,
        postgresUID: postgresUser,
        postgresGID: postgresUser,
        // By these the health report and the flows of the namespace know its pods.
        inheritedMetadata: { labels: ownerLabels(owner) },
        bootstrap: recovery
          ? {
              recovery: {
                source: recovery.archive,
                ...owned,
                recoveryTarget: recovery.time === undefined ? undefined : { targetTime: recovery.time },
              },
            }
          : {
              initdb: {
                ...owned,
                postInitApplicationSQLRefs:
                  scripts.length > 0
                    ? { configMapRefs: scripts.map((key) => ({ name: `${object}-init`, key })) }
                    : undefined,
              },
            },
        storage: { size: settings.storage, storageClass },
        walStorage: walStorage === undefined ? undefined : { size: walStorage, storageClass },
        postgresql: {
          parameters: Object.keys(settings.settings).length > 0 ? settings.settings : undefined,
          synchronous: synchronous === undefined ? undefined : { method: 'any', number: synchronous },
        },
        resources: settings.resources,
        affinity: { enablePodAntiAffinity: true, topologyKey: 'kubernetes.io/hostname' },
        enablePDB: instances > 1,
      },
    });
    this.node.defaultChild = this.cluster;
  }
}

/** Adds the archive of a Cluster: its log is written to the bucket all the time, and a base backup on the schedule. */
export function addArchive(
  scope: Construct,
  service: Service<ClusterSettings>,
  { archive = service.object, recovery }: DatabaseCluster,
  { backup, store }: BackupContext,
): void {
  const { object, namespace } = service;
  const metadata = { name: object, labels: objectLabels(labelled(service, component)) };
  const key = (key: string) => ({ name: store.name, key });
  addObjectStore(scope, 'object-store', {
    metadata,
    spec: {
      retentionPolicy: `${backup.retention.days}d`,
      configuration: {
        destinationPath: `s3://${[backup.bucket, backup.prefix, namespace].filter((part) => part !== undefined).join('/')}`,
        endpointURL: backup.endpoint,
        s3Credentials: {
          accessKeyId: key('AWS_ACCESS_KEY_ID'),
          secretAccessKey: key('AWS_SECRET_ACCESS_KEY'),
        },
        wal: { compression: 'gzip' },
        data: { compression: 'gzip' },
      },
      instanceSidecarConfiguration: { resources: backup.resources },
    },
  });
  addScheduledBackup(scope, 'scheduled-backup', {
    metadata,
    spec: {
      // Its schedules begin with seconds, and have no time zone.
      schedule: backup.schedule.startsWith('@') ? backup.schedule : `0 ${backup.schedule}`,
      backupOwnerReference: 'self',
      cluster: { name: object },
      method: 'plugin',
      pluginConfiguration: { name: barman },
    },
  });
  const plugin = (serverName: string) => ({ name: barman, parameters: { barmanObjectName: object, serverName } });
  const cluster = scope.node.defaultChild as ApiObject;
  changeObject(cluster, (made) => ({
    ...made,
    // The health report tells by it whether the newest base backup is old.
    metadata: { ...made.metadata, annotations: { [backupScheduleAnnotation]: backup.schedule } },
    spec: {
      ...(made.spec as object),
      plugins: [{ ...plugin(archive), isWALArchiver: true }],
      ...(recovery && { externalClusters: [{ name: recovery.archive, plugin: plugin(recovery.archive) }] }),
    },
  }));
}
