import { images } from '../common/images.ts';
import type { Service } from '../common/kind.ts';
import { serviceHost } from '../common/names.ts';
import { type PostgresSettings, postgresPort } from './postgres.ts';
import { webConsole } from './web-console.ts';

const port = 5050;
const serverFile = { folder: '/pgadmin4/servers', name: 'servers.json' };

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

/** pgAdmin with the project's PostgreSQL servers registered. */
export const pgadmin = webConsole({
  name: 'pgadmin',
  summary: "pgAdmin, with the project's PostgreSQL servers registered. Not in production.",
  component: 'database-client',
  shows: 'postgres',
  compose: { images: ['dpage/pgadmin4'] },
  image: images.pgadmin,
  port,
  health: '/misc/ping',
  folder: '/var/lib/pgadmin',
  user: 5050,
  group: 0,
  graceSeconds: 30,
  memory: '256Mi',
  limits: ['1', '512Mi'],
  login: {
    email: 'admin@example.com',
    emailVariable: 'PGADMIN_DEFAULT_EMAIL',
    passwordVariable: 'PGADMIN_DEFAULT_PASSWORD',
    passwordKey: 'PGADMIN_PASSWORD',
  },
  serverFile: { ...serverFile, text: serverList },
  variables: [
    { name: 'PGADMIN_LISTEN_PORT', value: String(port) },
    { name: 'PGADMIN_SERVER_JSON_FILE', value: `${serverFile.folder}/${serverFile.name}` },
    // The entrypoint writes it, and the image's file system is read-only.
    { name: 'PGADMIN_CUSTOM_CONFIG_DISTRO_FILE', value: '/tmp/config_distro.py' },
    { name: 'PGADMIN_DISABLE_POSTFIX', value: 'true' },
  ],
});
