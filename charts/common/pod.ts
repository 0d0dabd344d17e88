import { environment, type Variable } from './connection.ts';
import type { Resources } from './fields.ts';
import type { Container, Lifecycle, PodTemplateSpec, Volume } from './k8s.ts';
import { type Labelled, objectLabels } from './labels.ts';
import type { Probes } from './probes.ts';
import { containerSecurity, podSecurity } from './security.ts';

/** A directory of a container that is not its image's. */
export interface Mount {
  readonly volume: string;
  readonly path: string;
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
  /** Ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly resources: Resources;
  readonly probes?: Probes;
  readonly lifecycle?: Lifecycle;
  /** Beside `/tmp`, which every container can write to. */
  readonly mounts?: readonly Mount[];
  /** @default false */
  readonly writableRoot?: boolean;
}

export function container(props: ContainerProps): Container {
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: props.command && [...props.command],
    args: props.args?.length ? [...props.args] : undefined,
    env: props.variables?.length ? environment(props.variables) : undefined,
    ports: props.ports && Object.entries(props.ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources: {
      requests: { cpu: props.resources.requests.cpu, memory: props.resources.requests.memory },
      limits: { cpu: props.resources.limits.cpu, memory: props.resources.limits.memory },
    },
    ...props.probes,
    lifecycle: props.lifecycle,
    // Its last lines are then in the pod's status, where the health report finds why it ended.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      ...(props.mounts ?? []).map(({ volume, path, readOnly }) => ({ name: volume, mountPath: path, readOnly })),
      { name: 'tmp', mountPath: '/tmp' },
    ],
    securityContext: containerSecurity(props.writableRoot),
  };
}

/** A pod of one container and those that run before it. */
export interface PodProps {
  readonly labelled: Labelled;
  readonly container: ContainerProps;
  readonly init?: readonly ContainerProps[];
  readonly volumes?: readonly Volume[];
  readonly user: number;
  /** @default user */
  readonly group?: number;
  /** How long it may take to stop after SIGTERM. */
  readonly graceSeconds: number;
  /** @default Always */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly annotations?: Record<string, string>;
}

/** A pod template that meets Pod Security `restricted`. */
export function podTemplate(props: PodProps): PodTemplateSpec {
  return {
    metadata: { labels: objectLabels(props.labelled), annotations: props.annotations },
    spec: {
      automountServiceAccountToken: false,
      // Without it a Service named redis would set REDIS_PORT=tcp://… in every container of the namespace.
      enableServiceLinks: false,
      securityContext: podSecurity(props.user, props.group),
      terminationGracePeriodSeconds: props.graceSeconds,
      restartPolicy: props.restartPolicy,
      initContainers: props.init?.length ? props.init.map(container) : undefined,
      containers: [container(props.container)],
      volumes: [...(props.volumes ?? []), { name: 'tmp', emptyDir: {} }],
    },
  };
}
