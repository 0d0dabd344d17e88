import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { ConnectionVariable, SecretReference } from '../common/connection.ts';
import { databaseClusterField } from '../common/database-cluster.ts';
import { hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import { addConfigMap } from '../common/k8s.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectLabels } from '../common/labels.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probes } from '../common/probes.ts';
import { serviceBackupField } from '../common/scheduled-backup.ts';
import { secretVolume } from '../common/secret-files.ts';
import { addArchive, DatabaseClusterService } from './database-cluster.ts';
import type { HashedJob } from './hashed-job.ts';
import { PostgresBackup } from './postgres-backup.ts';
import { addRolesJob, roleKeys, roleOf, rolesInitScript, rolesJobLabels } from './postgres-roles.ts';
import { StatefulService } from './stateful-service.ts';

export const postgresPort = 5432;
const component = 'database';
const identifier = z
  .string()
  .max(63)
  .regex(/^[a-z_][a-z0-9_]*$/, 'must be lower-case letters, digits and "_" (a PostgreSQL identifier)');

const schema = z.strictObject({
  image: image(images.postgres),
  database: identifier.optional().describe("Database that is created. Default: the project's name with `_` for `-`."),
  user: identifier.optional().describe('Role that owns the database. Default: the same as `database`.'),
  storage: storage('1Gi'),
  initScripts: z
    .string()
    .optional()
    .describe('Folder of `*.sql` and `*.sh` files, run in name order when the database is first created.'),
  settings: z
    .record(z.string().regex(/^[a-z_.]+$/), z.union([z.string(), z.number().transform(String)]))
    .default({})
    .describe('Server settings, e.g. `max_connections: 200`.'),
  separateRoles: z
    .boolean()
    .default(false)
    .describe(
      'Whether workloads get roles that are no superusers: jobs one that may change the schema (`USER_migration`), all others one that ' +
        'may read and write its tables (`USER_application`).',
    ),
  hostPort: hostPort.optional(),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
  backup: serviceBackupField,
  cluster: databaseClusterField,
});

/** What `schema` yields, once the loader has resolved names and read the scripts. */
export interface PostgresSettings extends Omit<z.output<typeof schema>, 'initScripts'> {
  readonly database: string;
  readonly user: string;
  /** Contents of the init scripts by file name. */
  readonly initScripts: Readonly<Record<string, string>>;
}

export const postgresPasswordKey = 'POSTGRES_PASSWORD';

/** @param name of the Secret, which users in other namespaces have, too */
function secret(service: Service<PostgresSettings>, name: string): SecretReference {
  const keys = service.settings.separateRoles ? [postgresPasswordKey, ...roleKeys] : [postgresPasswordKey];
  return {
    name,
    keys: keys.map((key) => ({ key, variable: variableName(service, key), owner: service.scope, generated: true })),
  };
}

/** Key of the password in the Secret that CloudNativePG makes. */
const operatorsKey = 'password';

/** The Secret of the owner of the database that CloudNativePG makes; development has a password of its own. */
const madeByOperator = (service: Service<PostgresSettings>): SecretReference => ({
  name: `${service.object}-app`,
  made: true,
  keys: [
    {
      key: operatorsKey,
      variable: variableName(service, postgresPasswordKey),
      owner: service.scope,
      generated: true,
    },
  ],
});

/** The port of each instance's metrics. */
const clusterMetrics = { port: 'metrics', number: 9187, path: '/metrics' };

/** The Secret from which a project's workloads have the password. */
export const postgresSecret = (service: Service<PostgresSettings>, project: string): SecretReference =>
  secret(service, objectName(project, service.name));

/**
 * Asks the server of a URL whether it accepts connections, without the password and the options of the URL: arguments can
 * be listed by everybody on the node.
 *
 * @param variable that holds the URL
 */
export const postgresReady = (variable: string) =>
  `
rest=\${${variable}#*://} login=
authority=\${rest%%[/?]*} path=\${rest#"\${rest%%[/?]*}"}
case $authority in *@*) login=\${authority%%:*}@ login=\${login%%@*}@ ;; esac
exec pg_isready -t 3 -d "postgresql://$login\${authority##*@}\${path%%\\?*}"`.trim();

// A server that refuses connections (1) recovers or shuts down: killed meanwhile, it would begin again. One that does not answer (2)
// is down or frozen. $0 and $@ are pg_isready and its arguments, which ends by itself.
const isAlive = '"$0" "$@"; [ $? -lt 2 ]';

/** PostgreSQL: a StatefulSet of one pod. */
export class Postgres extends StatefulService {
  /** The scripts that are run when the database is first created. */
  readonly initScripts?: ApiObject;
  /** The job that makes the roles of workloads; none if they have the server's own. */
  readonly roles?: HashedJob;

  constructor(scope: Construct, service: Service<PostgresSettings>, { development }: ServiceContext) {
    const { settings, object } = service;
    const described = labelled(service, component);
    const initScripts = { ...(settings.separateRoles ? rolesInitScript(settings.user) : {}), ...settings.initScripts };
    const scripts = Object.keys(initScripts).length > 0;
    // The server listens on its socket only while the init scripts run, so the address makes these count as not ready.
    const ask = ['pg_isready', '-h', '127.0.0.1', '-U', settings.user, '-d', settings.database, '-t', '3'];
    super(scope, service.name, {
      labelled: described,
      headless: !development,
      user: 999,
      graceSeconds: 60,
      claim: { path: '/var/lib/postgresql/data', size: settings.storage },
      volumes: [
        { name: 'run', emptyDir: {} },
        secretVolume('password', object, postgresPasswordKey, ...(settings.separateRoles ? roleKeys : [])),
        ...(scripts ? [{ name: 'init', configMap: { name: `${object}-init` } }] : []),
      ],
      container: {
        name: 'postgres',
        image: settings.image,
        args: Object.entries(settings.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ports: { postgres: postgresPort },
        variables: [
          { name: 'POSTGRES_USER', value: settings.user },
          { name: 'POSTGRES_DB', value: settings.database },
          { name: 'POSTGRES_PASSWORD_FILE', value: `/run/secrets/postgres/${postgresPasswordKey}` },
          // A subfolder: the root of a claim may hold lost+found, and initdb wants an empty folder.
          { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
        ],
        resources: settings.resources,
        // Init scripts that are killed halfway are never run again, and a recovery would start over.
        probes: probes(
          { ready: { exec: { command: ask } }, alive: { exec: { command: ['sh', '-c', isAlive, ...ask] } } },
          600,
        ),
        mounts: [
          { volume: 'run', path: '/var/run/postgresql' },
          { volume: 'password', path: '/run/secrets/postgres', readOnly: true },
          ...(scripts ? [{ volume: 'init', path: '/docker-entrypoint-initdb.d', readOnly: true }] : []),
        ],
      },
    });
    if (scripts) {
      this.initScripts = addConfigMap(this, 'init-scripts', {
        metadata: { name: `${object}-init`, labels: objectLabels(described) },
        data: initScripts,
      });
      this.statefulSet.addDependency(this.initScripts);
    }
    if (settings.separateRoles) this.roles = addRolesJob(this, service, postgresPasswordKey);
  }
}

/** None if it is the same major version as the pinned one. Those of Alpine are replaced by the others, for their user. */
function composeImage(repository: string, tag = 'latest'): string | undefined {
  const plain = tag.replace(/-?alpine[\d.]*$/, '');
  const major = (text: string) => text.match(/^\d+/)?.[0];
  const pinned = major(images.postgres.split(':')[1] ?? '');
  if (repository === 'postgres' && (major(plain) === undefined || major(plain) === pinned)) return undefined;
  return `${repository}:${plain}`;
}

export const postgres: ServiceKind<PostgresSettings> = {
  summary: 'PostgreSQL: a StatefulSet with a claim. Gives `DATABASE_URL`.',
  component,
  schema,
  compose: {
    images: ['postgres', 'postgis/postgis', 'pgvector/pgvector'],
    image: composeImage,
    client(service, _connection, before) {
      const password = variableName(service, postgresPasswordKey);
      return {
        port: postgresPort,
        url: { variable: variableName(service, 'DATABASE_URL'), schemes: ['postgres', 'postgresql'] },
        login: `${service.settings.user}:$(${password})`,
        replaced: new Map(before.POSTGRES_PASSWORD ? [[before.POSTGRES_PASSWORD, `$(${password})`]] : []),
      };
    },
  },
  resolve(given, { project, scripts, development }) {
    const database = given.database ?? project.replaceAll('-', '_');
    // As the schema yields it: the folder's name.
    const folder = given.initScripts as unknown as string | undefined;
    const initScripts = folder === undefined ? {} : scripts('initScripts', folder);
    const cluster = development ? undefined : given.cluster;
    return { ...given, cluster, database, user: given.user ?? database, initScripts };
  },
  controller: ({ cluster }) => (cluster ? 'Cluster' : 'StatefulSet'),
  metrics: ({ cluster }) => (cluster ? clusterMetrics : undefined),
  ports: (settings) => [{ name: 'postgres', port: postgresPort, hostPort: settings.hostPort }],
  client: ({ user, database }) => ['psql', '--username', user, '--dbname', database],
  setUp: (service) => (service.settings.separateRoles ? rolesJobLabels(service) : undefined),
  secrets: (service) => (service.settings.cluster ? [] : [secret(service, service.object)]),
  connect(service, { project, fronted }) {
    const { user, database, image } = service.settings;
    const url = variableName(service, fronted ? 'DATABASE_URL_UNPOOLED' : 'DATABASE_URL');
    const { cluster } = service.settings;
    const given = cluster ? madeByOperator(service) : postgresSecret(service, project);
    const { name } = given;
    const host = serviceHost(cluster ? `${service.object}-rw` : service.object, service.namespace);
    const as = (key: string): ConnectionVariable[] => {
      const password = variableName(service, key);
      return [
        { name: password, secret: name, key: cluster ? operatorsKey : key },
        { name: url, value: `postgresql://${roleOf(user, key)}:$(${password})@${host}:${postgresPort}/${database}` },
      ];
    };
    const [application, migration] = service.settings.separateRoles ? roleKeys : [postgresPasswordKey];
    return {
      promises: [url],
      rules: { [url]: 'postgresql-tls' },
      secret: given,
      variables: as(application),
      ...(migration && {
        jobs: { variables: as(migration), managed: { [url]: variableName(service, 'MIGRATION_DATABASE_URL') } },
      }),
      ready: { image, script: postgresReady(url) },
    };
  },
  build: (scope, service, context) =>
    service.settings.cluster
      ? new DatabaseClusterService(scope, service, service.settings.cluster)
      : new Postgres(scope, service, context),
  addBackup(scope, service, context) {
    const { cluster } = service.settings;
    if (cluster) addArchive(scope, service, cluster, context);
    else new PostgresBackup(scope, service, { ...context, passwordKey: postgresPasswordKey, port: postgresPort });
  },
};
