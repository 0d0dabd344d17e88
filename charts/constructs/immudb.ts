import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'database';
export const immudbPorts = { grpc: 3322, pgsql: 5433, http: 8080, metrics: 9497 };
/** Where it keeps everything, and the uid and gid that it runs as. */
export const immudbFolder = '/var/lib/immudb';
export const immudbUser = 3322;
export const immudbPasswordKey = 'IMMUDB_ADMIN_PASSWORD';

const schema = z.strictObject({
  image: image(images.immudb),
  database: z.string().min(1).default('defaultdb').describe('Name of the database that workloads get.'),
  storage: storage('1Gi'),
  hostPort: hostPort.optional(),
  pgsqlHostPort: hostPort.optional().describe('Port on the developer’s machine that speaks PostgreSQL’s protocol.'),
  httpHostPort: hostPort.optional().describe('Port of its web console on the developer’s machine.'),
  metricsHostPort: hostPort.optional().describe('Port of its metrics on the developer’s machine.'),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
});

type ImmudbSettings = z.output<typeof schema>;

/** @param name of the Secret, which users in other namespaces have, too */
function secret(service: Service<ImmudbSettings>, name: string): SecretReference {
  const variable = variableName(service, immudbPasswordKey);
  return { name, keys: [{ key: immudbPasswordKey, variable, owner: service.scope, generated: true }] };
}

// Bytes that are not HTTP/2's preface, so that the server ends the connection after its settings.
const grpcGreets = `
said=$(printf %24s '' | timeout -s KILL 4 nc "\${address%:*}" "\${address##*:}" | wc -c)
[ "$said" -gt 0 ] || { echo "it says nothing"; exit 1; }`.trim();

/** immudb, an append-only store with proofs: a StatefulSet of one pod. */
export class Immudb extends StatefulService {
  constructor(scope: Construct, service: Service<ImmudbSettings>, { development }: ServiceContext) {
    const { settings, object } = service;
    super(scope, service.name, {
      labelled: labelled(service, component),
      headless: !development,
      user: immudbUser,
      graceSeconds: 60,
      claim: { path: immudbFolder, size: settings.storage },
      container: {
        name: 'immudb',
        image: settings.image,
        ports: immudbPorts,
        variables: [
          { name: immudbPasswordKey, secret: object, key: immudbPasswordKey },
          { name: 'IMMUDB_DIR', value: immudbFolder },
          { name: 'IMMUDB_PGSQL_SERVER', value: 'true' },
          { name: 'IMMUDB_PGSQL_SERVER_PORT', value: String(immudbPorts.pgsql) },
          { name: 'IMMUDB_METRICS_SERVER', value: 'true' },
          { name: 'HOME', value: '/tmp' },
        ],
        resources: settings.resources,
        // A process that is frozen still accepts connections: the kernel does it. So the program is asked: a query by its own
        // client, without a password; to be alive its HTTP server has to answer, which says 200 whatever the state
        // (codenotary/immudb#2156). The client is a single process, which the kubelet ends.
        probes: probes(
          {
            ready: { exec: { command: ['immuadmin', 'status'] } },
            alive: probeAction({ path: '/livez' }, immudbPorts.metrics),
          },
          120,
        ),
      },
    });
  }
}

export const immudb: ServiceKind<ImmudbSettings> = {
  summary:
    'immudb: a StatefulSet with a claim. Gives `IMMUDB_ADDRESS`, `IMMUDB_USER`, `IMMUDB_PASSWORD`, `IMMUDB_DATABASE`.',
  component,
  schema,
  compose: { images: ['codenotary/immudb'] },
  controller: () => 'StatefulSet',
  ports: (settings) => [
    { name: 'grpc', port: immudbPorts.grpc, hostPort: settings.hostPort },
    { name: 'pgsql', port: immudbPorts.pgsql, hostPort: settings.pgsqlHostPort },
    { name: 'http', port: immudbPorts.http, protocol: 'http', hostPort: settings.httpHostPort },
    { name: 'metrics', port: immudbPorts.metrics, hostPort: settings.metricsHostPort },
  ],
  metrics: () => ({ path: '/metrics', port: 'metrics', number: immudbPorts.metrics }),
  clientPorts: ['grpc', 'pgsql', 'http'],
  secrets: (service) => [secret(service, service.object)],
  connect(service, { project }) {
    const name = (variable: string) => variableName(service, variable);
    const secretName = objectName(project, service.name);
    const host = serviceHost(service.object, service.namespace);
    return {
      promises: [name('IMMUDB_ADDRESS'), name('IMMUDB_USER'), name('IMMUDB_PASSWORD'), name('IMMUDB_DATABASE')],
      rules: { [name('IMMUDB_ADDRESS')]: 'address' },
      secret: secret(service, secretName),
      variables: [
        { name: name('IMMUDB_ADDRESS'), value: `${host}:${immudbPorts.grpc}` },
        { name: name('IMMUDB_USER'), value: 'immudb' },
        { name: name('IMMUDB_PASSWORD'), secret: secretName, key: immudbPasswordKey },
        { name: name('IMMUDB_DATABASE'), value: service.settings.database },
      ],
      // The image has no shell in which its client could be asked in a loop. A gRPC server that works begins each
      // connection with its settings; one that is frozen accepts it and says nothing.
      ready: {
        image: images.busybox,
        script: `address=$${name('IMMUDB_ADDRESS')}; ${grpcGreets}`,
      },
    };
  },
  build: (scope, service, context) => new Immudb(scope, service, context),
};
