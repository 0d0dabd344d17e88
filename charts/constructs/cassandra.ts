import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { amount, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Consumer, Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import { shellQuoted } from '../common/shell-quoted.ts';
import { cassandraSchemaJob, type Keyspace, schemaJobLabels } from './cassandra-schema.ts';
import { cassandraPort, cassandraProgram } from './cassandra-session.ts';
import type { HashedJob } from './hashed-job.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'database';
/** Where it keeps everything, and the uid of its image. */
export const cassandraFolder = '/var/lib/cassandra';
export const cassandraUser = 999;
export const cassandraPasswordKey = 'CASSANDRA_PASSWORD';
const secretFolder = '/run/secrets/cassandra';
/** The administrator's password, in the server's container. */
export const cassandraPasswordFile = `${secretFolder}/${cassandraPasswordKey}`;
const configuration = '/etc/cassandra';

const schema = z.strictObject({
  image: image(images.cassandra),
  storage: storage('2Gi'),
  hostPort: hostPort.optional(),
  resources: resources(['100m', '1Gi'], ['1', '1536Mi']),
});

/** In one that projects share, each makes its tables by itself. */
const ownFields = {
  schema: z
    .string()
    .optional()
    .describe(
      'Folder of `*.cql` files that declare types, tables and indexes. A job makes the keyspace so, and refuses a change that loses data.',
    ),
};

/** What both yield, once the loader has read the files. */
export interface CassandraSettings extends z.output<typeof schema> {
  /** Contents of the CQL files by file name. */
  readonly schema: Readonly<Record<string, string>>;
}

/** The keyspace of a project: no name of one may have a hyphen. */
export const keyspaceOf = (project: string): string => project.replaceAll('-', '_');

/** The Secret with the password of every project that uses a shared one, from which the job makes the roles. */
export const cassandraUsersSecret = (service: Pick<Service, 'object'>): string => `${service.object}-users`;

const isShared = ({ owner }: Service): boolean => owner.tier === 'global';

/** Where a password is: the server's own, or that of a project that uses it. */
const passwordOf = (service: Service, owner: string, key: string = cassandraPasswordKey) => ({
  key,
  variable: variableName(service, cassandraPasswordKey),
  owner,
  generated: true,
});

/** What the job makes: the keyspace of the only project, whose role is the administrator, or of each that uses it. */
function keyspacesOf(service: Service<CassandraSettings>, consumers: readonly Consumer[]): Keyspace[] {
  if (!isShared(service)) return [{ keyspace: keyspaceOf(service.scope), declared: service.settings.schema }];
  return consumers.map(({ project }) => ({ keyspace: keyspaceOf(project), role: project }));
}

// OPTIONS, which a server that works answers with SUPPORTED, to everybody; one that is frozen accepts connections only.
const answers = `
exec 3<>/dev/tcp/127.0.0.1/${cassandraPort}
printf '\\004\\0\\0\\0\\005\\0\\0\\0\\0' >&3
said=$(timeout -s KILL 3 head -c 5 <&3 | od -An -tx1)
[ "$said" = ' 84 00 00 00 06' ] || { echo "it does not answer OPTIONS within 3 s"; exit 1; }`.trim();

/** Cassandra: a StatefulSet of one node, and the job that makes roles, keyspaces and tables. */
export class Cassandra extends StatefulService {
  readonly schema: HashedJob;

  constructor(scope: Construct, service: Service<CassandraSettings>, { consumers, development }: ServiceContext) {
    const { settings, object, scope: administrator } = service;
    const password = secretVolume('password', object, cassandraPasswordKey);
    const probe = probeAction({ command: ['bash', '-c', answers] });
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: cassandraUser,
      graceSeconds: 60,
      headless: !development,
      claim: { path: cassandraFolder, size: settings.storage },
      volumes: [{ name: 'config', emptyDir: {} }, { name: 'logs', emptyDir: {} }, password],
      // It writes its addresses into what its image has there.
      init: [
        {
          name: 'config',
          image: settings.image,
          command: ['cp', '-r', `${configuration}/.`, '/config/'],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
          mounts: [{ volume: 'config', path: '/config' }],
        },
      ],
      container: {
        name: 'cassandra',
        image: settings.image,
        ports: { cql: cassandraPort },
        variables: [
          { name: 'CASSANDRA_CLUSTER_NAME', value: object },
          { name: 'CASSANDRA_ADMINISTRATOR', value: administrator },
          { name: 'MAX_HEAP_SIZE', value: `${Math.floor(amount(settings.resources.limits.memory) / 3 / 2 ** 20)}M` },
          // The image has no variables for these.
          {
            name: 'JVM_EXTRA_OPTS',
            value: [
              'cassandra.config.allow_system_properties=true',
              'cassandra.settings.authenticator=PasswordAuthenticator',
              'cassandra.settings.authorizer=CassandraAuthorizer',
              'cassandra.superuser_setup_delay_ms=0',
            ]
              .map((property) => `-D${property}`)
              .join(' '),
          },
          { name: 'HOME', value: '/tmp' },
        ],
        resources: settings.resources,
        probes: probes({ ready: probe, alive: probe }, 300),
        mounts: [
          { volume: 'config', path: configuration },
          { volume: 'logs', path: '/var/log/cassandra' },
          ...secretMounts('password', secretFolder, [cassandraPasswordKey]),
        ],
      },
    });
    this.schema = cassandraSchemaJob(this, service, keyspacesOf(service, consumers), {
      administrator,
      password,
      passwordFolder: secretFolder,
      usersSecret: isShared(service) && consumers.length > 0 ? cassandraUsersSecret(service) : undefined,
    });
  }
}

// cqlsh takes the password from a file of its own only.
const client = `
umask 077
printf '[PlainTextAuthProvider]\\nusername = %s\\npassword = %s\\n' "$CASSANDRA_ADMINISTRATOR" "$(cat ${cassandraPasswordFile})" >/tmp/.cql
exec cqlsh --credentials /tmp/.cql "$@"`.trim();

export const cassandra: ServiceKind<CassandraSettings> = {
  summary:
    'Cassandra: a StatefulSet of one node, with a keyspace and a role for each project. Gives `CASSANDRA_CONTACT_POINTS`, ' +
    '`CASSANDRA_LOCAL_DATACENTER`, `CASSANDRA_KEYSPACE`, `CASSANDRA_USERNAME`, `CASSANDRA_PASSWORD`, `CASSANDRA_SECURE_CONNECT_BUNDLE`.',
  component,
  schema,
  ownFields,
  use: z.strictObject({}),
  compose: { images: ['cassandra'] },
  resolve(given, { scripts }) {
    // As the schema yields it: the folder's name.
    const folder = given.schema as unknown as string | undefined;
    return { ...given, schema: folder === undefined ? {} : scripts('schema', folder, ['cql']) };
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'cql', port: cassandraPort, hostPort: settings.hostPort }],
  managedPorts: [29042, 443],
  setUp: (service) => schemaJobLabels(service),
  client: () => ['sh', '-c', client, 'cqlsh'],
  clientName: 'cqlsh',
  secrets(service, consumers) {
    const own: SecretReference = { name: service.object, keys: [passwordOf(service, service.scope)] };
    if (!isShared(service) || consumers.length === 0) return [own];
    const keys = consumers.map(({ project }) => passwordOf(service, project, project));
    return [own, { name: cassandraUsersSecret(service), keys }];
  },
  connect(service, { project }) {
    const name = (variable: string) => variableName(service, variable);
    const secret = objectName(project, service.name);
    const variables = {
      [name('CASSANDRA_CONTACT_POINTS')]: serviceHost(service.object, service.namespace),
      [name('CASSANDRA_LOCAL_DATACENTER')]: 'datacenter1',
      [name('CASSANDRA_KEYSPACE')]: keyspaceOf(project),
      [name('CASSANDRA_USERNAME')]: project,
      [name('CASSANDRA_SECURE_CONNECT_BUNDLE')]: '',
    };
    const password = name(cassandraPasswordKey);
    const program = cassandraProgram(`
host, role, password, keyspace = (os.environ[name] for name in ${JSON.stringify(
      ['CASSANDRA_CONTACT_POINTS', 'CASSANDRA_USERNAME', cassandraPasswordKey, 'CASSANDRA_KEYSPACE'].map(name),
    )})
Session(host, role, password).query("USE " + keyspace)`);
    return {
      promises: [...Object.keys(variables), password],
      rules: {
        [name('CASSANDRA_CONTACT_POINTS')]: 'host',
        [password]: 'astra-token',
        [name('CASSANDRA_SECURE_CONNECT_BUNDLE')]: 'astra-bundle',
      },
      secret: { name: secret, keys: [passwordOf(service, project)] },
      variables: [
        { name: password, secret, key: cassandraPasswordKey },
        ...Object.entries(variables).map(([name, value]) => ({ name, value })),
      ],
      ready: { image: service.settings.image, script: `exec python3 -c ${shellQuoted(program)}` },
    };
  },
  build: (scope, service, context) => new Cassandra(scope, service, context),
};
