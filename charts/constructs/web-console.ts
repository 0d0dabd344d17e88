import type { Construct } from 'constructs';
import { z } from 'zod';
import type { Variable } from '../common/connection.ts';
import { hostPort, image, resources } from '../common/fields.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { probeAction, probes } from '../common/probes.ts';
import { DeployedService } from './deployed-service.ts';

/** What tells one console from another. */
export interface WebConsoleProps {
  /** Name of the kind, and of its container. */
  readonly name: string;
  readonly summary: string;
  readonly component: string;
  /** The kind of service that it shows. */
  readonly shows: string;
  /** Default image. */
  readonly image: string;
  /** Where it listens, and by default its port on the developer's machine. */
  readonly port: number;
  /** Route that answers once it works. */
  readonly health: string;
  /** Folder that it writes to; what is there lives as long as the pod. */
  readonly folder: string;
  readonly user: number;
  /** @default user */
  readonly group?: number;
  readonly graceSeconds: number;
  /** CPU and memory that it may use. */
  readonly limits: readonly [cpu: string, memory: string];
  /** How it is told of the servers that it shows. */
  servers(services: readonly Service[]): readonly Variable[];
  /** The rest of its environment. */
  readonly variables: readonly Variable[];
  readonly compose: ServiceKind['compose'];
}

const schemaOf = ({ image: pinned, limits }: WebConsoleProps) =>
  z.strictObject({
    image: image(pinned),
    hostPort: hostPort.optional(),
    resources: resources(['20m', '128Mi'], limits),
  });

type WebConsoleSettings = z.output<ReturnType<typeof schemaOf>>;

/** A web page for the services of a kind, for development: a Deployment with the connections already set. */
class WebConsole extends DeployedService {
  constructor(
    scope: Construct,
    service: Service<WebConsoleSettings>,
    { siblings }: ServiceContext,
    props: WebConsoleProps,
  ) {
    const { settings } = service;
    super(scope, service.name, {
      labelled: labelled(service, props.component),
      replicas: 1,
      strategy: 'Recreate',
      user: props.user,
      group: props.group,
      graceSeconds: props.graceSeconds,
      volumes: [{ name: 'data', emptyDir: {} }],
      container: {
        name: props.name,
        image: settings.image,
        ports: { http: props.port },
        variables: [
          ...props.servers(siblings.filter(({ kind }) => kind === props.shows)),
          ...props.variables,
          { name: 'HOME', value: '/tmp' },
        ],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: props.health }, props.port) }, 120),
        mounts: [{ volume: 'data', path: props.folder }],
      },
    });
  }
}

/** A kind of service that is a web page for the services of another kind. */
export function webConsole(props: WebConsoleProps): ServiceKind<WebConsoleSettings> {
  const { summary, component, shows, port, compose } = props;
  return {
    summary,
    component,
    schema: schemaOf(props),
    companionOf: shows,
    compose,
    controller: () => 'Deployment',
    ports: ({ hostPort }) => [{ name: 'http', port, protocol: 'http', hostPort }],
    secrets: () => [],
    build: (scope, service, context) => new WebConsole(scope, service, context, props),
  };
}
