import type { Construct } from 'constructs';
import { z } from 'zod';
import { exposeField } from '../common/expose.ts';
import { hostPort, port, resources, seconds } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Workload, WorkloadContext, WorkloadKind } from '../common/kind.ts';
import { metricsField, metricsOf } from '../common/metrics.ts';
import { serviceHost } from '../common/names.ts';
import { portsField, servicePorts } from '../common/ports.ts';
import { type HealthCheck, healthCheck, probeAction, probes } from '../common/probes.ts';
import { autoscaleField, replicas, statedReplicas } from '../common/scaling.ts';
import { commandFields, startupSeconds, stopSeconds, workloadFields } from '../common/workload-fields.ts';
import { workloadPod } from '../common/workload-pod.ts';
import { DeployedService, strategyOf } from './deployed-service.ts';
import { addModules, withModules } from './python-modules.ts';
import { reloadCommand, reloadsByUvicorn, uvicornModules } from './uvicorn-reload.ts';

const component = 'http';
const mainPort = 'http';

const schema = z.strictObject({
  ...workloadFields,
  ...commandFields,
  port: port.describe('Port it listens on.'),
  hostPort: hostPort.optional(),
  ports: portsField,
  health: healthCheck
    .prefault('/health')
    .describe(`The check that the process works (liveness). ${healthCheck.description}`),
  ready: healthCheck.optional().describe('The check that it can serve (readiness). Default: the check of `health`.'),
  expose: exposeField,
  metrics: metricsField('http'),
  replicas,
  autoscale: autoscaleField,
  startupSeconds,
  stopSeconds,
  drainSeconds: seconds
    .default(5)
    .describe(
      'How long it goes on serving before it gets SIGTERM, while load balancers remove it; not in development, and not ' +
        'beside `preStop`.',
    ),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
});

type HttpSettings = z.output<typeof schema>;

/** A process that serves HTTP: a Deployment and a Service. */
export class HttpService extends DeployedService {
  constructor(scope: Construct, workload: Workload<HttpSettings>, context: WorkloadContext) {
    const { settings } = workload;
    const { drainSeconds } = settings;
    const drain = drainSeconds > 0 && !context.development ? { sleep: drainSeconds } : undefined;
    const drained = { ...workload, settings: { ...settings, preStop: settings.preStop ?? drain } };
    const pod = workloadPod(drained, component, context, { mainPort });
    const { command = [] } = pod.container;
    const forks = context.synced.length > 0 && reloadsByUvicorn(command);
    const { container, ...running } = forks
      ? withModules(pod, uvicornModules, reloadCommand(context.synced, command))
      : pod;
    super(scope, workload.name, {
      ...running,
      replicas: statedReplicas(settings, context.development),
      strategy: strategyOf(settings),
      container: {
        ...container,
        ports: { [mainPort]: settings.port, ...settings.ports },
        probes: probes(
          {
            ready: probeAction(settings.ready ?? settings.health, settings.port),
            alive: probeAction(settings.health, settings.port),
          },
          settings.startupSeconds,
        ),
      },
    });
    if (forks) addModules(this, pod, uvicornModules);
  }
}

/** What asks a service from another pod; where its check runs inside, that its port accepts connections has to do. */
function fromOutside(host: string, port: number, check: HealthCheck): string[] {
  // A Service has no other port.
  if ('path' in check && (check.port ?? port) === port)
    return ['wget', '-q', '-O', '/dev/null', `http://${host}:${port}${check.path}`];
  return ['nc', '-w', '3', host, String(port)];
}

export const httpService: WorkloadKind<HttpSettings> = {
  summary: 'A process that serves HTTP: a Deployment and a Service.',
  component,
  schema,
  controller: 'Deployment',
  check: ({ object, namespace, settings }) => ({
    image: images.busybox,
    command: fromOutside(serviceHost(object, namespace), settings.port, settings.ready ?? settings.health),
  }),
  ports: ({ port, hostPort, ports }) => [{ name: mainPort, port, protocol: 'http', hostPort }, ...servicePorts(ports)],
  exposure: ({ expose, port }) => expose && { given: expose, port: mainPort, number: port },
  metrics: (settings) => metricsOf(settings, mainPort),
  build: (scope, workload, context) => new HttpService(scope, workload, context),
};
