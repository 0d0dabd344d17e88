import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { jaeger } from '../../../charts/constructs/jaeger.ts';
import { declareShared, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['jaeger'] };
const build = (settings: Given = {}) =>
  projectObjectsOf({
    services: { jaeger: settings },
    workloads: { api, worker: { health: { tcp: 9 }, env: { OTEL_SERVICE_NAME: 'mine' } } },
  });
const server = 'shop-jaeger';
const configuration = (objects: ReturnType<typeof build>) =>
  JSON.parse(environmentOf(containerOf(objects, server)).JAEGER_CONFIG ?? '') as {
    service: { pipelines: { traces: object } };
    extensions: { jaeger_storage: { backends: { traces: { badger: { ttl: object; consistency: boolean } } } } };
  };

describe('defaults', () => {
  const objects = build();

  test('keeps traces in a claim, and acknowledges none before it has them', () => {
    expect(containerOf(objects, server).volumeMounts).toContainEqual({ name: 'data', mountPath: '/badger' });
    expect(configuration(objects).extensions.jaeger_storage.backends.traces.badger.consistency).toBe(true);
    expect(configuration(objects).service.pipelines.traces).not.toHaveProperty('processors');
  });

  test('each workload has its address, and is called like its objects, unless it has a name of its own', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://shop-jaeger.shop.svc:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_HEADERS: '',
      OTEL_SERVICE_NAME: 'shop-api',
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop,deployment.environment.name=local',
    });
    const { env } = containerOf(objects, 'shop-worker');
    expect(env.filter(({ name }) => name === 'OTEL_SERVICE_NAME')).toEqual([
      { name: 'OTEL_SERVICE_NAME', value: 'mine' },
    ]);
  });

  test('a managed one has its address and its key in a Secret, and workloads keep their names', () => {
    const { environment } = declareShared({ jaeger: { kind: 'jaeger' } }, ['shop']);
    const [project] = environment.projects;
    if (!project) throw new TypeError('no project');
    const profile = { ...environment.profiles.external, managed: ['jaeger'] };
    const made = projectObjects(environment, profile, project).objects as ReturnType<typeof build>;
    expect(environmentOf(containerOf(made, 'shop-api'))).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'secret shop-jaeger/OTEL_EXPORTER_OTLP_ENDPOINT',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'secret shop-jaeger/OTEL_EXPORTER_OTLP_PROTOCOL',
      OTEL_EXPORTER_OTLP_HEADERS: 'secret shop-jaeger/OTEL_EXPORTER_OTLP_HEADERS',
      OTEL_SERVICE_NAME: 'shop-api',
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop,deployment.environment.name=external',
    });
  });
});

describeFields(jaeger, {}, build, {
  image: {
    given: 'jaegertracing/jaeger:2.10.0',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'jaegertracing/jaeger:2.10.0',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  retention: {
    given: '30m',
    seen: (objects) => configuration(objects).extensions.jaeger_storage.backends.traces.badger.ttl,
    expected: { spans: '30m' },
  },
  hostPort: { given: 4318, seen: (_, ports) => ports, expected: [4318, undefined, undefined, undefined] },
  consoleHostPort: { given: 16686, seen: (_, ports) => ports, expected: [undefined, undefined, 16686, undefined] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, server).resources.limits,
    expected: { cpu: '1', memory: '1Gi' },
  },
});
