import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { z } from 'zod';
import {
  absolutePath,
  command,
  environmentVariables,
  hostPort,
  imageReference,
  port,
  quantityText,
  resources,
  seconds,
  userId,
} from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost, variablePart } from '../common/names.ts';
import type { PodProps } from '../common/pod.ts';
import { healthCheck, probeAction, probes } from '../common/probes.ts';
import { DeployedService } from './deployed-service.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'service';

const schema = z.strictObject({
  image: imageReference.describe('Image to run, with a tag or a digest.'),
  command: command.optional().describe("Program instead of the image's entrypoint."),
  args: command.optional().describe("Arguments instead of the image's."),
  port: port.describe('Port it listens on.'),
  hostPort: hostPort.optional(),
  scheme: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*$/)
    .default('http')
    .describe('Scheme of the URL that the workloads get.'),
  env: environmentVariables.default({}).describe('Environment variables of its container.'),
  storage: z
    .strictObject({
      path: absolutePath.describe('Where the image keeps its data.'),
      size: quantityText.default('1Gi').describe('Size of the claim.'),
    })
    .optional()
    .describe('A claim that outlives the pod. Without it the service keeps nothing.'),
  health: healthCheck.optional().describe('How to tell that it works. Default: the port accepts connections.'),
  user: userId.default(1000).describe('Numeric user id that the image can run as.'),
  group: z.int().min(0).optional().describe('Numeric group id. Default: the same as `user`.'),
  startupSeconds: seconds.default(120).describe('How long it may take to start.'),
  stopSeconds: seconds.default(30).describe('How long it may take to stop.'),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
});

export type ContainerSettings = z.output<typeof schema>;

/** A service of any image: a StatefulSet if it has storage, a Deployment otherwise. */
export class ContainerService extends Construct {
  readonly service?: ApiObject;
  /** Its controller if it has storage. */
  readonly statefulSet?: ApiObject;
  /** Its controller if it has none. */
  readonly deployment?: ApiObject;

  constructor(scope: Construct, service: Service<ContainerSettings>, { variables }: ServiceContext) {
    super(scope, service.name);
    const { settings } = service;
    const pod: PodProps = {
      labelled: labelled(service, component),
      user: settings.user,
      group: settings.group,
      graceSeconds: settings.stopSeconds,
      container: {
        name: service.name,
        image: settings.image,
        command: settings.command,
        args: settings.args,
        ports: { main: settings.port },
        variables: [...variables, ...Object.entries(settings.env).map(([name, value]) => ({ name, value }))],
        resources: settings.resources,
        probes: probes(
          { ready: probeAction(settings.health ?? { tcp: settings.port }, settings.port) },
          settings.startupSeconds,
        ),
      },
    };
    const server = settings.storage
      ? new StatefulService(this, 'server', { ...pod, claim: settings.storage })
      : new DeployedService(this, 'server', { ...pod, replicas: 1, strategy: 'Recreate' });
    this.service = server.service;
    if (server instanceof StatefulService) this.statefulSet = server.statefulSet;
    else this.deployment = server.deployment;
    this.node.defaultChild = server;
  }
}

export const containerService: ServiceKind<ContainerSettings> = {
  summary: 'Any image, with or without a claim. Gives `NAME_HOST`, `NAME_PORT` and `NAME_URL`.',
  component,
  schema,
  controller: (settings) => (settings.storage ? 'StatefulSet' : 'Deployment'),
  ports: (settings) => [{ name: 'main', port: settings.port, hostPort: settings.hostPort }],
  secrets: () => [],
  connect(service, { project }) {
    const { port, scheme } = service.settings;
    const host = serviceHost(service.object, service.namespace);
    const part = variablePart(service.name);
    return {
      promises: [`${part}_HOST`, `${part}_PORT`, `${part}_URL`],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [
        { name: `${part}_HOST`, value: host },
        { name: `${part}_PORT`, value: String(port) },
        { name: `${part}_URL`, value: `${scheme}://${host}:${port}` },
      ],
      ready: { image: images.busybox, script: `nc -w 3 "$${part}_HOST" "$${part}_PORT" </dev/null` },
    };
  },
  build: (scope, service, context) => new ContainerService(scope, service, context),
};
