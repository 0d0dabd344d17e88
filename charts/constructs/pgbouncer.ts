import type { Construct } from 'constructs';
import { z } from 'zod';
import { dnsLabel, hostPort, image, resources } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { serviceHost, variableName } from '../common/names.ts';
import { probes } from '../common/probes.ts';
import { schedulingPart, spread } from '../common/scheduling.ts';
import { DeployedService } from './deployed-service.ts';
import { type PostgresSettings, postgresPasswordKey, postgresPort, postgresReady, postgresSecret } from './postgres.ts';

const component = 'database-pool';

const schema = z.strictObject({
  image: image(images.pgbouncer),
  server: dnsLabel.default('postgres').describe('Name of the project’s PostgreSQL that it stands in front of.'),
  poolMode: z
    .enum(['transaction', 'session', 'statement'])
    .default('transaction')
    .describe(
      'When a connection of the server is free for the next client. In `transaction`, what belongs to a session (LISTEN, SET, ' +
        'advisory locks) needs the variable that ends in `_UNPOOLED`.',
    ),
  poolSize: z.int().min(1).max(10_000).default(20).describe('Connections to the server at most.'),
  maxClients: z.int().min(1).max(100_000).default(500).describe('Connections of clients at most; others wait.'),
  replicas: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Number of pods. Each has `poolSize` connections to the server and takes `maxClients` clients.'),
  hostPort: hostPort.optional(),
  resources: resources(['10m', '16Mi'], ['500m', '128Mi']),
});

type PgbouncerSettings = z.output<typeof schema>;

/** PgBouncer: a Deployment in front of a PostgreSQL of the project, which keeps a few connections for many clients. */
export class Pgbouncer extends DeployedService {
  constructor(
    scope: Construct,
    service: Service<PgbouncerSettings>,
    server: Service<PostgresSettings>,
    development: boolean,
  ) {
    const { settings } = service;
    const described = labelled(service, component);
    const { user, database } = server.settings;
    const asks = ['pg_isready', '-h', '127.0.0.1', '-p', String(postgresPort), '-U', user, '-d', database, '-t', '3'];
    super(scope, service.name, {
      labelled: described,
      replicas: settings.replicas,
      strategy: 'RollingUpdate',
      scheduling: schedulingPart(described, spread(settings, development)),
      user: 70,
      graceSeconds: 30,
      // Its entrypoint writes its configuration there, the password among it: a folder in memory.
      volumes: [{ name: 'configuration', emptyDir: { medium: 'Memory' } }],
      container: {
        name: 'pgbouncer',
        image: settings.image,
        ports: { postgres: postgresPort },
        variables: [
          { name: 'DB_HOST', value: serviceHost(server.object, server.namespace) },
          { name: 'DB_PORT', value: String(postgresPort) },
          { name: 'DB_USER', value: user },
          { name: 'DB_NAME', value: database },
          { name: 'DB_PASSWORD', secret: server.object, key: postgresPasswordKey },
          { name: 'AUTH_TYPE', value: 'scram-sha-256' },
          { name: 'LISTEN_PORT', value: String(postgresPort) },
          { name: 'POOL_MODE', value: settings.poolMode },
          { name: 'DEFAULT_POOL_SIZE', value: String(settings.poolSize) },
          { name: 'MAX_CLIENT_CONN', value: String(settings.maxClients) },
          // Drivers of Java and Go say this when they connect.
          { name: 'IGNORE_STARTUP_PARAMETERS', value: 'extra_float_digits,search_path' },
          // The probes connect and say no more.
          { name: 'LOG_CONNECTIONS', value: '0' },
          { name: 'LOG_DISCONNECTIONS', value: '0' },
        ],
        resources: settings.resources,
        probes: probes({ ready: { exec: { command: asks } } }, 60),
        mounts: [{ volume: 'configuration', path: '/etc/pgbouncer' }],
      },
    });
  }
}

function serverOf({ settings, name }: Service<PgbouncerSettings>, { siblings }: Pick<ServiceContext, 'siblings'>) {
  const found = siblings.find((each) => each.name === settings.server);
  if (found?.kind !== 'postgres') throw new TypeError(`${name} stands in front of no PostgreSQL`);
  return found as Service<PostgresSettings>;
}

export const pgbouncer: ServiceKind<PgbouncerSettings> = {
  summary:
    'PgBouncer in front of the project’s PostgreSQL. Gives `DATABASE_URL` in its place, which is then `DATABASE_URL_UNPOOLED`.',
  component,
  schema,
  frontOf: {
    kind: 'postgres',
    name: ({ server }) => server,
    problem: (server) =>
      (server as PostgresSettings).cluster
        ? 'it can’t stand in front of a PostgreSQL with cluster: its login is the operator’s, and a Pooler in infra/manifests is one'
        : (server as PostgresSettings).separateRoles
          ? 'it logs in as the server’s own role, which a PostgreSQL with separateRoles gives to no workload; leave out one of both'
          : undefined,
  },
  compose: {
    images: [],
    spared: {
      'edoburu/pgbouncer': 'services: { pgbouncer: {} } puts a pool in front of PostgreSQL',
      'bitnami/pgbouncer': 'services: { pgbouncer: {} } puts a pool in front of PostgreSQL',
    },
  },
  controller: () => 'Deployment',
  ports: (settings) => [{ name: 'postgres', port: postgresPort, scheme: 'postgresql', hostPort: settings.hostPort }],
  // The Secret of the server has the password.
  secrets: () => [],
  connect(service, { project }, behind) {
    if (!behind) throw new TypeError(`${service.name} stands in front of nothing`);
    const server = behind as Service<PostgresSettings>;
    const { user, database, image } = server.settings;
    const secret = postgresSecret(server, project);
    const password = variableName(service, 'PGBOUNCER_PASSWORD');
    const url = variableName(server, 'DATABASE_URL');
    const host = serviceHost(service.object, service.namespace);
    return {
      promises: [url],
      rules: { [url]: 'postgresql-tls' },
      secret,
      variables: [
        { name: password, secret: secret.name, key: postgresPasswordKey },
        { name: url, value: `postgresql://${user}:$(${password})@${host}:${postgresPort}/${database}` },
      ],
      ready: { image, script: postgresReady(url) },
    };
  },
  build: (scope, service, context) => new Pgbouncer(scope, service, serverOf(service, context), context.development),
};
