import { environment, type Variable } from './connection.ts';
import type { Resources } from './fields.ts';
import type { Container, Lifecycle, ObjectMeta, PodTemplateSpec, Volume } from './k8s.ts';
import { type Labelled, objectLabels } from './labels.ts';
import { type ContainerPort, protocols } from './ports.ts';
import type { Probes } from './probes.ts';
import { containerSecurity, podSecurity, type SecurityLevel } from './security.ts';
import type { PodAccount } from './service-account.ts';

/** A directory of a container that is not its image's. */
export interface Mount {
  readonly volume: string;
  readonly path: string;
  /** Path in the volume that is mounted. @default its root */
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

/** A container, with everything stated that Kubernetes would otherwise fill in. */
export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  /** @default the image's */
  readonly command?: readonly string[];
  /** @default the image's */
  readonly args?: readonly string[];
  readonly variables?: readonly Variable[];
  /** Ports by name; a number is one of TCP. */
  readonly ports?: Readonly<Record<string, number | ContainerPort>>;
  readonly resources: Resources;
  readonly probes?: Probes;
  readonly lifecycle?: Lifecycle;
  /** Beside `/tmp`, which every container can write to. */
  readonly mounts?: readonly Mount[];
  /** @default false, but at the level baseline */
  readonly writableRoot?: boolean;
  /** @default restricted */
  readonly level?: SecurityLevel;
  /** @default the pod's */
  readonly user?: number;
  /** Always makes a sidecar of an init container. */
  readonly restartPolicy?: 'Always';
}

/** The ports of a container, each with its name. */
export const portsOf = (ports: ContainerProps['ports'] = {}): (ContainerPort & { readonly name: string })[] =>
  Object.entries(ports).map(([name, port]) =>
    typeof port === 'number' ? { name, port, protocol: 'tcp' } : { name, ...port },
  );

/** What isn't TCP. */
export const transportOf = ({ protocol }: ContainerPort): 'UDP' | undefined => protocols[protocol].transport;

export function container(props: ContainerProps): Container {
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: props.command && [...props.command],
    args: props.args?.length ? [...props.args] : undefined,
    env: props.variables?.length ? environment(props.variables) : undefined,
    ports:
      props.ports &&
      portsOf(props.ports).map((port) => ({ name: port.name, containerPort: port.port, protocol: transportOf(port) })),
    resources: { requests: { ...props.resources.requests }, limits: { ...props.resources.limits } },
    ...props.probes,
    lifecycle: props.lifecycle,
    restartPolicy: props.restartPolicy,
    // Its last lines are then in the pod's status, where the health report finds why it ended.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      ...(props.mounts ?? []).map(({ volume, path, subPath, readOnly }) => ({
        name: volume,
        mountPath: path,
        subPath,
        readOnly,
      })),
      { name: 'tmp', mountPath: '/tmp' },
    ],
    securityContext: containerSecurity(props),
  };
}

/** A pod of one main container and those beside it. */
export interface PodProps {
  readonly labelled: Labelled;
  readonly container: ContainerProps;
  /** Containers that start before it, in this order. */
  readonly init?: readonly ContainerProps[];
  readonly volumes?: readonly Volume[];
  /** @default as the images say; only at the level baseline */
  readonly user?: number;
  /** @default user */
  readonly group?: number;
  /** @default restricted */
  readonly level?: SecurityLevel;
  /** The longest time to stop after SIGTERM. */
  readonly graceSeconds: number;
  /** @default Always */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  /** Of the pods alone. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the pods and of what makes them. */
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** Where the pods may run. */
  readonly scheduling?: Partial<NonNullable<PodTemplateSpec['spec']>>;
  /** @default the namespace's, without a token */
  readonly account?: PodAccount;
}

/** Labels of a pod. */
const podLabels = ({ labelled, metadata }: PodProps): Record<string, string> =>
  metadata?.labels ? { ...metadata.labels, ...objectLabels(labelled) } : objectLabels(labelled);

/** What says of a workload's object whose it is. */
export const controllerMetadata = (props: PodProps): ObjectMeta => ({
  name: props.labelled.object,
  labels: podLabels(props),
  annotations: props.metadata?.annotations,
});

/** A pod template that meets Pod Security `restricted`, or the level that it is given. */
export function podTemplate(props: PodProps): PodTemplateSpec {
  const { annotations, metadata, account } = props;
  return {
    metadata: {
      labels: podLabels(props),
      annotations: annotations || metadata?.annotations ? { ...annotations, ...metadata?.annotations } : undefined,
    },
    spec: {
      serviceAccountName: account?.name,
      automountServiceAccountToken: account?.token ?? false,
      // Without it a Service named redis would set REDIS_PORT=tcp://… in every container of the namespace.
      enableServiceLinks: false,
      securityContext: podSecurity(props),
      terminationGracePeriodSeconds: props.graceSeconds,
      restartPolicy: props.restartPolicy,
      ...props.scheduling,
      initContainers: props.init?.length ? props.init.map(container) : undefined,
      containers: [container(props.container)],
      volumes: [...(props.volumes ?? []), { name: 'tmp', emptyDir: {} }],
    },
  };
}
