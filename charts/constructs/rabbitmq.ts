import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference } from '../common/connection.ts';
import { amount, hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { secretMounts, secretVolume } from '../common/secret-files.ts';
import type { HashedJob } from './hashed-job.ts';
import { amqpLogin, rabbitmqTenantsJob, tenantsJobLabels } from './rabbitmq-tenants.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'queue';
export const rabbitmqPorts = { amqp: 5672, console: 15672, metrics: 15692 };
export const rabbitmqPasswordKey = 'RABBITMQ_PASSWORD';
const secretFolder = '/run/secrets/rabbitmq';
/** The administrator's password, in the server's container. */
export const rabbitmqPasswordFile = `${secretFolder}/${rabbitmqPasswordKey}`;

const schema = z.strictObject({
  image: image(images.rabbitmq),
  storage: storage('1Gi'),
  hostPort: hostPort.optional(),
  consoleHostPort: hostPort.optional().describe('Port of its management page on the developer’s machine.'),
  resources: resources(['50m', '192Mi'], ['1', '512Mi']),
});

export type RabbitmqSettings = z.output<typeof schema>;

/** The Secret with the password of every project that uses a shared one, from which the job makes the users. */
export const rabbitmqUsersSecret = (service: Pick<Service, 'object'>): string => `${service.object}-users`;

const isShared = ({ owner }: Service): boolean => owner.tier === 'global';

/** Where a password is: the server's own, or that of a project that uses it. */
const passwordOf = (service: Service<RabbitmqSettings>, owner: string, key: string = rabbitmqPasswordKey) => ({
  key,
  variable: variableName(service, rabbitmqPasswordKey),
  owner,
  generated: true,
});

// A frozen server accepts connections, and its management page, which it serves itself, does not answer. That page answers
// before the port for AMQP is open. Nothing is sent to that, since each message that is no login is an error in its log.
const ready = `
exec 3<>/dev/tcp/127.0.0.1/${rabbitmqPorts.amqp}
exec 4<>/dev/tcp/127.0.0.1/${rabbitmqPorts.console}
printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&4
read -r -t 3 line <&4 || { echo "its management page does not answer within 3 s"; exit 1; }
case $line in *' 200 '*) ;; *) echo "its management page answers: $line"; exit 1 ;; esac`.trim();

/** RabbitMQ: a StatefulSet of one pod, and for a shared one the job that gives each project a vhost and a user. */
export class Rabbitmq extends StatefulService {
  /** The job that makes vhosts and users; none if no project uses it. */
  readonly tenants?: HashedJob;

  constructor(scope: Construct, service: Service<RabbitmqSettings>, { consumers, development }: ServiceContext) {
    const { settings, object, scope: administrator } = service;
    const password = secretVolume('password', object, rabbitmqPasswordKey);
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: 999,
      graceSeconds: 60,
      headless: !development,
      volumes: [password],
      claim: { path: '/var/lib/rabbitmq', size: settings.storage },
      container: {
        name: 'rabbitmq',
        image: settings.image,
        // The image's entrypoint runs what it is given.
        args: [
          'sh',
          '-c',
          `export RABBITMQ_DEFAULT_PASS="$(cat ${rabbitmqPasswordFile})"; exec docker-entrypoint.sh rabbitmq-server`,
        ],
        ports: rabbitmqPorts,
        variables: [
          { name: 'RABBITMQ_DEFAULT_USER', value: administrator },
          { name: 'RABBITMQ_DEFAULT_VHOST', value: administrator },
          // Its data is in a folder of this name: the pod's would change with its address.
          { name: 'RABBITMQ_NODENAME', value: 'rabbit@localhost' },
          { name: 'RABBITMQ_MNESIA_BASE', value: '/var/lib/rabbitmq/mnesia' },
          // Where the cookie is, which nobody else may read: files of a claim get the rights of its group.
          { name: 'HOME', value: '/tmp' },
          // It stops publishers at this, in bytes; by default it counts the memory of the node.
          {
            name: 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS',
            value: `-rabbit vm_memory_high_watermark {absolute,${Math.floor(amount(settings.resources.limits.memory) * 0.6)}}`,
          },
        ],
        resources: settings.resources,
        probes: probes(
          {
            ready: probeAction({ command: ['bash', '-c', ready] }),
            alive: probeAction({ path: '/' }, rabbitmqPorts.console),
          },
          180,
        ),
        mounts: secretMounts('password', secretFolder, [rabbitmqPasswordKey]),
      },
    });
    if (isShared(service) && consumers.length > 0)
      this.tenants = rabbitmqTenantsJob(this, service, consumers, {
        administrator,
        password: { volume: password, folder: secretFolder, key: rabbitmqPasswordKey },
        usersSecret: rabbitmqUsersSecret(service),
      });
  }
}

export const rabbitmq: ServiceKind<RabbitmqSettings> = {
  summary: 'RabbitMQ with its management page: a vhost and a user for each project. Gives `RABBITMQ_URL`.',
  component,
  schema,
  use: z.strictObject({}),
  compose: {
    images: ['rabbitmq', 'bitnami/rabbitmq'],
    client: (service) => ({
      port: rabbitmqPorts.amqp,
      url: { variable: variableName(service, 'RABBITMQ_URL'), schemes: ['amqp'] },
      login: `${service.scope}:$(${variableName(service, rabbitmqPasswordKey)})`,
    }),
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [
    { name: 'amqp', port: rabbitmqPorts.amqp, scheme: 'amqp', hostPort: settings.hostPort },
    { name: 'console', port: rabbitmqPorts.console, protocol: 'http', hostPort: settings.consoleHostPort },
    { name: 'metrics', port: rabbitmqPorts.metrics },
  ],
  metrics: () => ({ path: '/metrics', port: 'metrics', number: rabbitmqPorts.metrics }),
  clientPorts: ['amqp', 'console'],
  managedPorts: [5671, 443],
  setUp: (service, consumers) => (isShared(service) && consumers.length > 0 ? tenantsJobLabels(service) : undefined),
  client: () => ['rabbitmqctl'],
  secrets(service, consumers) {
    const own: SecretReference = { name: service.object, keys: [passwordOf(service, service.scope)] };
    if (!isShared(service) || consumers.length === 0) return [own];
    const keys = consumers.map(({ project }) => passwordOf(service, project, project));
    return [own, { name: rabbitmqUsersSecret(service), keys }];
  },
  connect(service, { project }) {
    const host = serviceHost(service.object, service.namespace);
    const secret = objectName(project, service.name);
    const password = variableName(service, rabbitmqPasswordKey);
    const url = variableName(service, 'RABBITMQ_URL');
    return {
      promises: [url],
      scaler: { metadata: { hostFromEnv: url }, managed: true },
      secret: { name: secret, keys: [passwordOf(service, project)] },
      variables: [
        { name: password, secret, key: rabbitmqPasswordKey },
        // A project's vhost and its user have its name.
        { name: url, value: `amqp://${project}:$(${password})@${host}:${rabbitmqPorts.amqp}/${project}` },
      ],
      ready: { image: service.settings.image, script: amqpLogin(url) },
    };
  },
  build: (scope, service, context) => new Rabbitmq(scope, service, context),
};
