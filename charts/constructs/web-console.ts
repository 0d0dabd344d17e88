import { createHash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { SecretReference, Variable } from '../common/connection.ts';
import { hostPort, image, resources } from '../common/fields.ts';
import { addConfigMap } from '../common/k8s.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectLabels } from '../common/labels.ts';
import { variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { DeployedService } from './deployed-service.ts';

/** What tells one console from another. `Shown` are the settings of the services that it shows. */
export interface WebConsoleProps<Shown = unknown> {
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
  /** Folder that it writes to; its contents live as long as the pod. */
  readonly folder: string;
  readonly user: number;
  /** @default user */
  readonly group?: number;
  readonly graceSeconds: number;
  /** The memory that it requests. @default 128Mi */
  readonly memory?: string;
  /** The limits of its CPU and memory. */
  readonly limits: readonly [cpu: string, memory: string];
  /** How people log in. @default it asks for no login */
  readonly login?: ConsoleLogin;
  /** Variables that name the servers. @default none */
  variablesOf?(services: readonly Service<Shown>[]): readonly Variable[];
  /** A file that names the servers, which it reads when it starts. @default none */
  readonly serverFile?: {
    /** Folder of the file, which holds nothing else. */
    readonly folder: string;
    readonly name: string;
    text(services: readonly Service<Shown>[]): string;
  };
  /** The rest of its environment. */
  readonly variables: readonly Variable[];
  readonly compose: ServiceKind['compose'];
}

/** A login by an address, which the configuration gives, and a password from the console's Secret. */
interface ConsoleLogin {
  /** The default address. */
  readonly email: string;
  readonly emailVariable: string;
  readonly passwordVariable: string;
  /** The key of the password in the Secret. */
  readonly passwordKey: string;
}

const schemaOf = ({ image: pinned, memory = '128Mi', limits, login }: WebConsoleProps) =>
  z.strictObject({
    image: image(pinned),
    ...(login && { email: z.email().default(login.email).describe('Name to log in with.') }),
    hostPort: hostPort.optional(),
    resources: resources(['20m', memory], limits),
  });

/** `email` is there where people log in. */
type WebConsoleSettings = Omit<z.output<ReturnType<typeof schemaOf>>, 'email'> & { readonly email?: string };

/** A web page for the services of a kind, for development: a Deployment with the connections already set. */
class WebConsole extends DeployedService {
  /** The file that names the servers; none where variables do. */
  readonly serverFile?: ApiObject;

  constructor(
    scope: Construct,
    service: Service<WebConsoleSettings>,
    { siblings }: ServiceContext,
    props: WebConsoleProps,
  ) {
    const { settings, object } = service;
    const { login, serverFile } = props;
    const described = labelled(service, props.component);
    const shown = siblings.filter(({ kind }) => kind === props.shows);
    const text = serverFile?.text(shown);
    const fileObject = `${object}-servers`;
    super(scope, service.name, {
      labelled: described,
      replicas: 1,
      strategy: 'Recreate',
      user: props.user,
      group: props.group,
      graceSeconds: props.graceSeconds,
      annotations:
        text === undefined
          ? undefined
          : { 'repoctl.dev/servers': createHash('sha256').update(text).digest('hex').slice(0, 8) },
      volumes: [
        { name: 'data', emptyDir: {} },
        ...(serverFile ? [{ name: 'servers', configMap: { name: fileObject } }] : []),
      ],
      container: {
        name: props.name,
        image: settings.image,
        ports: { http: props.port },
        variables: [
          ...(login
            ? [
                { name: login.emailVariable, value: settings.email ?? login.email },
                { name: login.passwordVariable, secret: object, key: login.passwordKey },
              ]
            : []),
          ...(props.variablesOf?.(shown) ?? []),
          ...props.variables,
        ],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: props.health }, props.port) }, 120),
        mounts: [
          { volume: 'data', path: props.folder },
          ...(serverFile ? [{ volume: 'servers', path: serverFile.folder, readOnly: true }] : []),
        ],
      },
    });
    if (!serverFile || text === undefined) return;
    this.serverFile = addConfigMap(this, 'servers', {
      metadata: { name: fileObject, labels: objectLabels(described) },
      data: { [serverFile.name]: text },
    });
    this.deployment.addDependency(this.serverFile);
  }
}

const loginSecret = (service: Service, key: string): SecretReference => ({
  name: service.object,
  keys: [{ key, variable: variableName(service, key), owner: service.scope, generated: true }],
});

/** A kind of service that is a web page for the services of another kind. */
export function webConsole<Shown>(given: WebConsoleProps<Shown>): ServiceKind<WebConsoleSettings> {
  // The services that it gets are of the kind that it shows.
  const props = given as WebConsoleProps;
  const { summary, component, shows, port, compose, login } = props;
  return {
    summary,
    component,
    schema: schemaOf(props),
    companionOf: shows,
    compose,
    controller: () => 'Deployment',
    ports: ({ hostPort }) => [{ name: 'http', port, protocol: 'http', hostPort }],
    secrets: (service) => (login ? [loginSecret(service, login.passwordKey)] : []),
    build: (scope, service, context) => new WebConsole(scope, service, context, props),
  };
}
