import { createHash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { hostPort, image, resources } from '../common/fields.ts';
import { images } from '../common/images.ts';
import { addConfigMap } from '../common/k8s.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectLabels } from '../common/labels.ts';
import { serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { DeployedService } from './deployed-service.ts';
import { type PostgresSettings, postgresPort } from './postgres.ts';

const port = 5050;
const component = 'database-client';
const passwordKey = 'PGADMIN_PASSWORD';

const schema = z.strictObject({
  image: image(images.pgadmin),
  email: z.email().default('admin@example.com').describe('Name to log in with.'),
  hostPort: hostPort.optional(),
  resources: resources(['20m', '256Mi'], ['1', '512Mi']),
});

type PgadminSettings = z.output<typeof schema>;

const secret = (service: Service<PgadminSettings>): SecretReference => ({
  name: service.object,
  keys: [
    {
      key: passwordKey,
      variable: variableName(service, passwordKey),
      owner: service.scope,
      generated: true,
    },
  ],
});

/** What pgAdmin reads at its first start; it asks for each server's password. */
function serverList(servers: readonly Service<PostgresSettings>[]): string {
  const entries = servers.map(({ object, namespace, settings }, index) => [
    String(index + 1),
    {
      Name: object,
      Group: 'Servers',
      Host: serviceHost(object, namespace),
      Port: postgresPort,
      MaintenanceDB: settings.database,
      Username: settings.user,
      SSLMode: 'prefer',
    },
  ]);
  return `${JSON.stringify({ Servers: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** pgAdmin with the project's PostgreSQL servers registered; its state lives as long as the pod. */
export class Pgadmin extends DeployedService {
  /** The list of servers that it reads when it starts. */
  readonly servers: ApiObject;

  constructor(scope: Construct, service: Service<PgadminSettings>, { siblings }: ServiceContext) {
    const { settings, object } = service;
    const described = labelled(service, component);
    const servers = siblings.filter((sibling): sibling is Service<PostgresSettings> => sibling.kind === 'postgres');
    const list = serverList(servers);
    super(scope, service.name, {
      labelled: described,
      replicas: 1,
      strategy: 'Recreate',
      user: 5050,
      group: 0,
      graceSeconds: 30,
      // It reads the list when it starts.
      annotations: { 'repoctl.dev/servers': createHash('sha256').update(list).digest('hex').slice(0, 8) },
      volumes: [
        { name: 'data', emptyDir: {} },
        { name: 'servers', configMap: { name: `${object}-servers` } },
      ],
      container: {
        name: 'pgadmin',
        image: settings.image,
        ports: { http: port },
        variables: [
          { name: 'PGADMIN_DEFAULT_EMAIL', value: settings.email },
          { name: 'PGADMIN_DEFAULT_PASSWORD', secret: object, key: passwordKey },
          { name: 'PGADMIN_LISTEN_PORT', value: String(port) },
          { name: 'PGADMIN_SERVER_JSON_FILE', value: '/pgadmin4/servers/servers.json' },
          // The entrypoint writes it, and the image's file system is read-only.
          { name: 'PGADMIN_CUSTOM_CONFIG_DISTRO_FILE', value: '/tmp/config_distro.py' },
          { name: 'PGADMIN_DISABLE_POSTFIX', value: 'true' },
        ],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: '/misc/ping' }, port) }, 120),
        mounts: [
          { volume: 'data', path: '/var/lib/pgadmin' },
          { volume: 'servers', path: '/pgadmin4/servers', readOnly: true },
        ],
      },
    });
    this.servers = addConfigMap(this, 'servers', {
      metadata: { name: `${object}-servers`, labels: objectLabels(described) },
      data: { 'servers.json': list },
    });
    this.deployment.addDependency(this.servers);
  }
}

export const pgadmin: ServiceKind<PgadminSettings> = {
  summary: "pgAdmin, with the project's PostgreSQL servers registered. Not in production.",
  component,
  schema,
  companionOf: 'postgres',
  compose: { images: ['dpage/pgadmin4'] },
  controller: () => 'Deployment',
  ports: (settings) => [{ name: 'http', port, protocol: 'http', hostPort: settings.hostPort }],
  secrets: (service) => [secret(service)],
  build: (scope, service, context) => new Pgadmin(scope, service, context),
};
