import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { z } from 'zod';
import { declaredPod } from '../common/declared-pod.ts';
import {
  absolutePath,
  command,
  hostPort,
  imageReference,
  port,
  quantityText,
  resources,
  seconds,
} from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { metricsField, metricsOf } from '../common/metrics.ts';
import { objectName, serviceHost, variablePart } from '../common/names.ts';
import type { PodProps } from '../common/pod.ts';
import { podFields } from '../common/pod-fields.ts';
import { portsField, servicePorts } from '../common/ports.ts';
import { healthCheck, probeAction, probes } from '../common/probes.ts';
import { declaredVariables, environmentVariables } from '../common/variable-source.ts';
import { declaredVolumes } from '../common/volumes.ts';
import { DeployedService } from './deployed-service.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'service';
const mainPort = 'main';

const schema = z.strictObject({
  image: imageReference.describe('Image to run, with a tag or a digest.'),
  command: command.optional().describe("Program instead of the image's entrypoint."),
  args: command.optional().describe("Arguments instead of the image's."),
  port: port.describe('Port it listens on.'),
  hostPort: hostPort.optional(),
  ports: portsField,
  scheme: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*$/)
    .default('http')
    .describe('Scheme of the URL that workloads get.'),
  env: environmentVariables
    .default({})
    .describe(
      'Environment variables of its container, in addition to the project’s own secret ones: values, or ' +
        '`{secretKeyRef: NAME/KEY}`, `{configMapKeyRef: NAME/KEY}`, `{fieldRef: metadata.name}`, ' +
        '`{resourceFieldRef: limits.memory}`.',
    ),
  storage: z
    .strictObject({
      path: absolutePath.describe('The folder in which the image keeps its data.'),
      size: quantityText.default('1Gi').describe('Size of the claim.'),
    })
    .optional()
    .describe('A claim that outlives the pod. Without it, or one under `volumes`, the service keeps no data.'),
  health: healthCheck.optional().describe('The check that it works. Default: the port accepts connections.'),
  metrics: metricsField(mainPort),
  ...podFields,
  startupSeconds: seconds.default(120).describe('The longest time to start.'),
  stopSeconds: seconds.default(30).describe('The longest time to stop.'),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
});

export type ContainerSettings = z.output<typeof schema>;

/** Whether something of it outlives its pod. */
const hasClaims = ({ storage, volumes = {} }: Pick<ContainerSettings, 'storage' | 'volumes'>): boolean =>
  storage !== undefined || Object.values(volumes).some(({ claim }) => claim !== undefined);

/** A service of any image: a StatefulSet if it has claims, a Deployment otherwise. */
export class ContainerService extends Construct {
  readonly service?: ApiObject;
  /** Its controller if it has claims. */
  readonly statefulSet?: ApiObject;
  /** Its controller if it has none. */
  readonly deployment?: ApiObject;

  constructor(
    scope: Construct,
    service: Service<ContainerSettings>,
    { variables, imageOf, development }: ServiceContext,
  ) {
    super(scope, service.name);
    const { settings } = service;
    const claimTemplates = hasClaims(settings);
    const declared = declaredPod(settings, {
      labelled: labelled(service, component),
      stopSeconds: settings.stopSeconds,
      claimTemplates,
      imageOf,
      metrics: metricsOf(settings, mainPort),
      container: {
        name: service.name,
        image: settings.image,
        command: settings.command,
        args: settings.args,
        variables: [...variables, ...declaredVariables(settings.env)],
        resources: settings.resources,
      },
    });
    const pod: PodProps = {
      ...declared,
      container: {
        ...declared.container,
        ports: { [mainPort]: settings.port, ...settings.ports },
        probes: probes(
          { ready: probeAction(settings.health ?? { tcp: settings.port }, settings.port) },
          settings.startupSeconds,
        ),
      },
    };
    const { claims } = declaredVolumes(service.object, settings.volumes, claimTemplates);
    const server = claimTemplates
      ? new StatefulService(this, 'server', { ...pod, headless: !development, claim: settings.storage, claims })
      : new DeployedService(this, 'server', { ...pod, replicas: 1, strategy: 'Recreate' });
    this.service = server.service;
    if (server instanceof StatefulService) this.statefulSet = server.statefulSet;
    else this.deployment = server.deployment;
    this.node.defaultChild = server;
  }
}

export const containerService: ServiceKind<ContainerSettings> = {
  summary:
    'Any image, with or without a claim. Gives `NAME_HOST`, `NAME_PORT` and `NAME_URL`, and `NAME_PORTNAME_PORT` for each further port.',
  component,
  schema,
  controller: (settings) => (hasClaims(settings) ? 'StatefulSet' : 'Deployment'),
  ports: ({ port, scheme, hostPort, ports }) => [{ name: mainPort, port, scheme, hostPort }, ...servicePorts(ports)],
  metrics: (settings) => metricsOf(settings, mainPort),
  secrets: () => [],
  connect(service, { project }) {
    const { port, scheme } = service.settings;
    const host = serviceHost(service.object, service.namespace);
    const part = variablePart(service.name);
    const further = Object.entries(service.settings.ports ?? {}).map(([name, { port }]) => ({
      name: `${part}_${variablePart(name)}_PORT`,
      value: String(port),
    }));
    return {
      promises: [`${part}_HOST`, `${part}_PORT`, `${part}_URL`, ...further.map(({ name }) => name)],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [
        { name: `${part}_HOST`, value: host },
        { name: `${part}_PORT`, value: String(port) },
        { name: `${part}_URL`, value: `${scheme}://${host}:${port}` },
        ...further,
      ],
      ready: { image: images.busybox, script: `nc -w 3 "$${part}_HOST" "$${part}_PORT" </dev/null` },
    };
  },
  build: (scope, service, context) => new ContainerService(scope, service, context),
};
