import type { Construct } from 'constructs';
import { z } from 'zod';
import { hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { objectName, serviceHost } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'tracing';
export const jaegerPorts = { otlp: 4318, 'otlp-grpc': 4317, console: 16686, metrics: 8888 };
const healthPort = 13133;
/** Where it keeps traces, and the uid of its image. */
export const jaegerFolder = '/badger';
export const jaegerUser = 10001;

const schema = z.strictObject({
  image: image(images.jaeger),
  storage: storage('1Gi'),
  retention: z
    .string()
    .regex(/^[1-9]\d*(m|h)$/, 'must be minutes or hours, such as 72h')
    .default('72h')
    .describe('How long it keeps a trace: `30m`, `72h`.'),
  hostPort: hostPort
    .optional()
    .describe('Port on the developer’s machine that takes traces by HTTP, from programs that run there.'),
  consoleHostPort: hostPort.optional().describe('Port of its web page on the developer’s machine.'),
  resources: resources(['20m', '64Mi'], ['1', '512Mi']),
});

type JaegerSettings = z.output<typeof schema>;

const any = (port: number) => ({ endpoint: `0.0.0.0:${port}` });

/** Its configuration: what it takes is stored before it is acknowledged, since nothing is collected in between. */
const configuration = ({ retention }: JaegerSettings) => ({
  service: {
    extensions: ['healthcheckv2', 'jaeger_storage', 'jaeger_query'],
    pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
    telemetry: {
      metrics: {
        level: 'normal',
        readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: jaegerPorts.metrics } } } }],
      },
    },
  },
  extensions: {
    healthcheckv2: { use_v2: true, http: any(healthPort) },
    jaeger_storage: {
      backends: {
        traces: {
          badger: {
            directories: { keys: `${jaegerFolder}/keys`, values: `${jaegerFolder}/values` },
            ephemeral: false,
            consistency: true,
            ttl: { spans: retention },
          },
        },
      },
    },
    jaeger_query: { storage: { traces: 'traces' }, http: any(jaegerPorts.console), grpc: any(16685) },
  },
  receivers: { otlp: { protocols: { grpc: any(jaegerPorts['otlp-grpc']), http: any(jaegerPorts.otlp) } } },
  exporters: { jaeger_storage_exporter: { trace_storage: 'traces' } },
});

/** Jaeger, which is an OpenTelemetry collector with a store and a web page for traces: a StatefulSet of one pod. */
export class Jaeger extends StatefulService {
  constructor(scope: Construct, service: Service<JaegerSettings>, { development }: ServiceContext) {
    const { settings } = service;
    super(scope, service.name, {
      labelled: labelled(service, component),
      user: jaegerUser,
      graceSeconds: 30,
      headless: !development,
      claim: { path: jaegerFolder, size: settings.storage },
      container: {
        name: 'jaeger',
        image: settings.image,
        args: ['--config=env:JAEGER_CONFIG'],
        ports: jaegerPorts,
        variables: [{ name: 'JAEGER_CONFIG', value: JSON.stringify(configuration(settings)) }],
        resources: settings.resources,
        probes: probes({ ready: probeAction({ path: '/status' }, healthPort) }, 120),
      },
    });
  }
}

export const jaeger: ServiceKind<JaegerSettings> = {
  summary:
    'Jaeger, an OpenTelemetry collector with a web page for traces. In the global tier every workload gets its address: ' +
    '`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_PROTOCOL`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME` and ' +
    '`OTEL_RESOURCE_ATTRIBUTES`.',
  component,
  schema,
  everybody: true,
  compose: {
    images: ['jaegertracing/jaeger', 'jaegertracing/all-in-one'],
    client: () => ({
      port: jaegerPorts.otlp,
      url: { variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', schemes: ['http'] },
    }),
  },
  controller: () => 'StatefulSet',
  ports: (settings) => [
    { name: 'otlp', port: jaegerPorts.otlp, protocol: 'http', hostPort: settings.hostPort },
    { name: 'otlp-grpc', port: jaegerPorts['otlp-grpc'], protocol: 'grpc' },
    { name: 'console', port: jaegerPorts.console, protocol: 'http', hostPort: settings.consoleHostPort },
    { name: 'metrics', port: jaegerPorts.metrics },
  ],
  metrics: () => ({ path: '/metrics', port: 'metrics', number: jaegerPorts.metrics }),
  clientPorts: ['otlp', 'otlp-grpc'],
  managedPorts: [443],
  secrets: () => [],
  connect(service, { project, profile = 'local' }) {
    const host = serviceHost(service.object, service.namespace);
    return {
      // The names are those of OpenTelemetry, whatever the service is called.
      promises: ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_HEADERS'],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: `http://${host}:${jaegerPorts.otlp}` },
        { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'http/protobuf' },
        // A managed one wants a key here; what is empty counts as not set.
        { name: 'OTEL_EXPORTER_OTLP_HEADERS', value: '' },
      ],
      ofWorkload: ({ object }) => [
        { name: 'OTEL_SERVICE_NAME', value: object },
        {
          name: 'OTEL_RESOURCE_ATTRIBUTES',
          value: `service.namespace=${project},deployment.environment.name=${profile}`,
        },
      ],
      ready: {
        image: images.busybox,
        script: 'address=${OTEL_EXPORTER_OTLP_ENDPOINT#*://}; nc -w 3 "${address%%:*}" "${address##*:}" </dev/null',
      },
    };
  },
  build: (scope, service, context) => new Jaeger(scope, service, context),
};
