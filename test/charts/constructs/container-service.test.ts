import { describe, expect, test } from '@jest/globals';
import { containerService } from '../../../charts/constructs/container-service.ts';
import type { PresetName } from '../../../charts/model.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, environmentOf, one, podOf } from '../objects.ts';
import { metricsCase, podFieldCases, portsCase } from '../pod-field-cases.ts';

const minimal = { image: 'getmeili/meilisearch:v1.15', port: 7700 };
const build = (settings: Given = {}, profile?: PresetName) =>
  projectObjectsOf(
    {
      secrets: ['MASTER_KEY'],
      services: { 'full-text': { kind: 'container', ...minimal, ...settings } },
      workloads: { api: { kind: 'http', port: 80, after: ['full-text'] } },
    },
    { profile },
  );
const name = 'shop-full-text';

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod that is never doubled, and a Service; no claim', () => {
    const { spec } = one(objects, 'Deployment', name);
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(one(objects, 'Service', name).spec.ports).toEqual([{ name: 'main', port: 7700, targetPort: 'main' }]);
    expect(all(objects, 'StatefulSet')).toEqual([]);
  });

  test('works as long as its port accepts connections', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects, name);
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) expect(probe.tcpSocket).toEqual({ port: 7700 });
  });

  test("gets the project's own secret variables", () => {
    expect(environmentOf(containerOf(objects, name))).toEqual({ MASTER_KEY: 'secret shop-env/MASTER_KEY' });
  });
});

describeFields(containerService, minimal, build, {
  image: { given: 'nginx:1.29.0', seen: (objects) => containerOf(objects, name).image, expected: 'nginx:1.29.0' },
  command: {
    given: ['/bin/serve'],
    seen: (objects) => containerOf(objects, name).command,
    expected: ['/bin/serve'],
  },
  args: { given: ['--fast'], seen: (objects) => containerOf(objects, name).args, expected: ['--fast'] },
  port: { given: 81, seen: (objects) => one(objects, 'Service', name).spec.ports[0]?.port, expected: 81 },
  hostPort: { given: 17700, seen: (_, hostPorts) => hostPorts, expected: [17700] },
  scheme: {
    given: 'amqp',
    seen: (objects) => environmentOf(containerOf(objects, 'shop-api')).FULL_TEXT_URL,
    expected: 'amqp://shop-full-text.shop.svc:7700',
  },
  env: {
    given: { QUIET: true },
    seen: (objects) => environmentOf(containerOf(objects, name)),
    expected: { MASTER_KEY: 'secret shop-env/MASTER_KEY', QUIET: 'true' },
  },
  storage: {
    given: { path: '/meili_data', size: '4Gi' },
    seen: (objects) => all(objects, 'StatefulSet').map(({ spec }) => spec.volumeClaimTemplates[0]?.spec.resources),
    expected: [{ requests: { storage: '4Gi' } }],
  },
  health: {
    given: { path: '/health' },
    seen: (objects) => containerOf(objects, name).readinessProbe.httpGet,
    expected: { path: '/health', port: 7700 },
  },
  ...podFieldCases(name),
  ports: portsCase(name),
  metrics: metricsCase(name),
  startupSeconds: {
    given: 600,
    seen: (objects) => containerOf(objects, name).startupProbe.failureThreshold,
    expected: 300,
  },
  stopSeconds: {
    given: 90,
    seen: (objects) => podOf(objects, name).terminationGracePeriodSeconds,
    expected: 90,
  },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, name).resources.limits,
    expected: { cpu: '1', memory: '1Gi' },
  },
});

test('with storage it is a StatefulSet whose claim is mounted where the image keeps its data', () => {
  const objects = build({ storage: { path: '/meili_data' } });
  expect(containerService.controller({ storage: {} } as never)).toBe('StatefulSet');
  expect(containerOf(objects, name).volumeMounts).toContainEqual({ name: 'data', mountPath: '/meili_data' });
  expect(all(objects, 'Deployment').map(({ metadata }) => metadata.name)).toEqual(['shop-api']);
});

describe('what the workloads get', () => {
  const objects = build();

  test('host, port and URL under its name', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toMatchObject({
      FULL_TEXT_HOST: 'shop-full-text.shop.svc',
      FULL_TEXT_PORT: '7700',
      FULL_TEXT_URL: 'http://shop-full-text.shop.svc:7700',
    });
  });

  test('they wait for its port', () => {
    const [wait] = podOf(objects, 'shop-api').initContainers;
    expect(wait?.command.at(-1)).toContain('nc -w 3 "$FULL_TEXT_HOST" "$FULL_TEXT_PORT"');
  });
});
