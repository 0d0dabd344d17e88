import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { backupCheckLabels, backupLabels } from '../common/backup-labels.ts';
import { addCronJob } from '../common/k8s.ts';
import type { BackupContext, Service } from '../common/kind.ts';
import { serviceHost } from '../common/names.ts';
import { type ContainerProps, controllerMetadata, type PodProps, podTemplate } from '../common/pod.ts';
import { type Backup, storeKeys } from '../common/scheduled-backup.ts';
import { secretVolume } from '../common/secret-files.ts';
import { noNodesUser } from '../common/security.ts';
import { backupScript, checkScript } from './postgres-backup-script.ts';

/** The settings of a service that its backups need. */
interface BackedUpServer {
  readonly image: string;
  readonly user: string;
  readonly database: string;
  readonly storage: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** What surrounds the backups of a service. */
export interface PostgresBackupProps extends BackupContext {
  /** Key of the service's Secret with the password. */
  readonly passwordKey: string;
  readonly port: number;
}

/**
 * The scheduled backups of a PostgreSQL service: a CronJob that streams a dump of each database into a bucket, and one that
 * restores the newest into a scratch database.
 *
 * The pods run in the service's own image, whose pg_dump has the server's version, with the S3 client from its image beside
 * it: a dump goes through pipes only, and a failure of any part is one of the whole.
 */
export class PostgresBackup extends Construct {
  readonly backup: ApiObject;
  /** None where the profile wants none. */
  readonly check?: ApiObject;

  constructor(scope: Construct, service: Service<BackedUpServer>, props: PostgresBackupProps) {
    super(scope, 'backup');
    const { backup } = props;
    const { settings } = service;
    this.backup = cronJob(this, 'backup', backup.schedule, backup, {
      ...pod(service, props, backupScript),
      labelled: backupLabels(service),
    });
    if (backup.check === false) return;
    const { schedule, storage = settings.storage, storageClassName } = backup.check;
    const checking = pod(service, props, checkScript);
    this.check = cronJob(this, 'check', schedule, backup, {
      ...checking,
      // initdb wants a user of the image.
      user: 999,
      labelled: backupCheckLabels(service),
      container: {
        ...checking.container,
        mounts: [...(checking.container.mounts ?? []), { volume: 'scratch', path: '/scratch' }],
      },
      volumes: [
        ...(checking.volumes ?? []),
        {
          name: 'scratch',
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
            },
          },
        },
      ],
    });
  }
}

function cronJob(scope: Construct, id: string, schedule: string, backup: Backup, props: PodProps): ApiObject {
  const metadata = controllerMetadata(props);
  return addCronJob(scope, id, {
    metadata,
    spec: {
      schedule,
      suspend: false,
      timeZone: backup.timeZone,
      concurrencyPolicy: 'Forbid',
      // A run that was missed is made up for within an hour: a cluster that was away has no backup of the time.
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: metadata.labels },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: backup.timeLimitSeconds,
          template: podTemplate({ ...props, restartPolicy: 'Never' }),
        },
      },
    },
  });
}

/** The pod without its labels. */
function pod(
  service: Service<BackedUpServer>,
  { backup, store, passwordKey, port, profile }: PostgresBackupProps,
  script: string,
): Omit<PodProps, 'labelled'> {
  const { settings, namespace, object, name, owner, scope } = service;
  const { shared_preload_libraries: preload } = settings.settings;
  const values = {
    TASK: 'backup',
    BACKUP: 'latest',
    STORE_URL: backup.endpoint,
    STORE_PATH: [backup.bucket, backup.prefix, namespace, name].filter((part) => part !== undefined).join('/'),
    ENCRYPTION: backup.encryption,
    KEEP_DAYS: String(backup.retention.days),
    KEEP_LEAST: String(backup.retention.atLeast),
    PRELOAD: preload === undefined ? '' : `-c shared_preload_libraries=${preload}`,
    SERVICE: name,
    PGHOST: serviceHost(object, namespace),
    PGPORT: String(port),
    PGUSER: settings.user,
    PGDATABASE: settings.database,
    MANIFEST: manifest({
      environment: owner.environment,
      project: owner.project ?? scope,
      profile,
      encryption: backup.encryption,
    }),
  };
  const container: ContainerProps = {
    name: 'backup',
    image: settings.image,
    command: ['bash', '-c', `export PGPASSWORD="$(cat /run/secrets/postgres/${passwordKey})"\n${script}`],
    variables: Object.entries(values).map(([name, value]) => ({ name, value })),
    resources: backup.resources,
    mounts: [
      { volume: 'tools', path: '/tools', readOnly: true },
      { volume: 'store', path: '/run/secrets/store', readOnly: true },
      { volume: 'password', path: '/run/secrets/postgres', readOnly: true },
    ],
  };
  return {
    user: noNodesUser,
    graceSeconds: 10,
    init: [
      {
        name: 'client',
        image: backup.clientImage,
        // It is one static program.
        command: ['sh', '-c', 'cp "$(command -v mc)" /tools/mc'],
        resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
        mounts: [{ volume: 'tools', path: '/tools' }],
      },
    ],
    container,
    volumes: [
      { name: 'tools', emptyDir: {} },
      secretVolume('store', store.name, ...storeKeys(backup)),
      secretVolume('password', object, passwordKey),
    ],
  };
}

/**
 * What describes a backup, in the format of `repoctl infra project backup`, on a line; the script fills in `"TIME"` and
 * `"PARTS"`.
 */
const manifest = ({
  encryption,
  ...of
}: {
  environment: string;
  project: string;
  profile: string;
  encryption: string;
}) =>
  JSON.stringify({
    // Versions before this one would take what is encrypted for a dump.
    formatVersion: encryption === 'none' ? 3 : 4,
    repoctl: 'scheduled',
    ...of,
    ...(encryption !== 'none' && { encryption }),
    time: 'TIME',
    parts: 'PARTS',
    skipped: [],
  });
