import type {
  Container,
  ContainerState,
  ContainerStatus,
  Ended,
  Pod,
  PodSpec,
  PodStatus,
  Probe,
  Volume,
} from '../rules/objects.ts';
import { conditions, type Entry, meta, type Part } from './common-shapes.ts';
import { anything, count, countOrText, fieldsOf, flag, listOf, mapOf, text } from './shape.ts';

const httpPort = { port: countOrText };
const probe = fieldsOf<Probe>({
  httpGet: fieldsOf<Part<Probe, 'httpGet'>>({ path: text, ...httpPort }, 'port'),
  tcpSocket: fieldsOf<Part<Probe, 'tcpSocket'>>(httpPort, 'port'),
  grpc: fieldsOf<Part<Probe, 'grpc'>>({ port: count }, 'port'),
  exec: fieldsOf<Part<Probe, 'exec'>>({ command: listOf(text) }),
  initialDelaySeconds: count,
  periodSeconds: count,
  timeoutSeconds: count,
  failureThreshold: count,
});

const container = fieldsOf<Container>(
  {
    name: text,
    image: text,
    command: listOf(text),
    env: listOf(fieldsOf<Entry<Part<Container, 'env'>>>({ name: text, value: text }, 'name')),
    restartPolicy: text,
    resources: fieldsOf<Part<Container, 'resources'>>({ limits: mapOf(countOrText) }),
    startupProbe: probe,
    readinessProbe: probe,
  },
  'name',
);

const ended = fieldsOf<Ended>(
  { exitCode: count, signal: count, reason: text, message: text, startedAt: text, finishedAt: text },
  'exitCode',
);

const state = fieldsOf<ContainerState>({
  waiting: fieldsOf<Part<ContainerState, 'waiting'>>({ reason: text, message: text }),
  running: fieldsOf<Part<ContainerState, 'running'>>({ startedAt: text }),
  terminated: ended,
});

const containerStatus = fieldsOf<ContainerStatus>(
  { name: text, ready: flag, started: flag, restartCount: count, state, lastState: state },
  'name',
);

const volume = fieldsOf<Volume>(
  {
    name: text,
    persistentVolumeClaim: fieldsOf<Part<Volume, 'persistentVolumeClaim'>>({ claimName: text }, 'claimName'),
  },
  'name',
);

export const pod = fieldsOf<Pod>(
  {
    kind: anything,
    metadata: meta,
    spec: fieldsOf<PodSpec>(
      {
        nodeName: text,
        schedulerName: text,
        restartPolicy: text,
        schedulingGates: listOf(fieldsOf<{ name: string }>({ name: text }, 'name')),
        initContainers: listOf(container),
        containers: listOf(container),
        volumes: listOf(volume),
      },
      'containers',
    ),
    status: fieldsOf<PodStatus>({
      phase: text,
      reason: text,
      message: text,
      startTime: text,
      conditions,
      initContainerStatuses: listOf(containerStatus),
      containerStatuses: listOf(containerStatus),
    }),
  },
  'metadata',
  'spec',
);

/** Of a pod that nothing controls. */
export const loosePod = fieldsOf<Omit<Pod, 'kind'>>(
  {
    metadata: meta,
    spec: fieldsOf<{ nodeName: string }>({ nodeName: text }),
    status: fieldsOf<{ phase: string }>({ phase: text }),
  },
  'metadata',
  'spec',
);
