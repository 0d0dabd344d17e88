import { describe, expect, test } from '@jest/globals';
import { worker } from '../../../charts/constructs/worker.ts';
import type { PresetName } from '../../../charts/model.ts';
import type { Given } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, one, podOf } from '../objects.ts';
import { metricsCase, portsCase } from '../pod-field-cases.ts';
import {
  autoscaleCase,
  commandCase,
  localCommandCase,
  resourcesCase,
  startupCase,
  stopCase,
  workloadFieldCases,
  workloadObjects,
} from '../workload-fields.ts';

const minimal = { health: { path: '/healthz', port: 8081 } };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('worker', { ...minimal, ...settings }, profile);

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod, and no Service', () => {
    const { metadata, spec } = one(objects, 'Deployment');
    expect(metadata.name).toBe('shop-it');
    expect(spec.replicas).toBe(1);
    expect(spec.strategy.type).toBe('RollingUpdate');
    expect(all(objects, 'Service')).toEqual([]);
  });

  test('one check for all probes', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
    for (const probe of [startupProbe, readinessProbe, livenessProbe])
      expect(probe.httpGet).toEqual({ path: '/healthz', port: 8081 });
  });

  test('has half a minute to finish what it does', () => {
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(30);
  });
});

describeFields(worker, minimal, build, {
  ...workloadFieldCases,
  ports: portsCase(),
  metrics: metricsCase(),
  autoscale: autoscaleCase,
  command: commandCase,
  localCommand: localCommandCase,
  health: {
    given: { command: ['/bin/ok'] },
    seen: (objects) => containerOf(objects).livenessProbe.exec?.command,
    expected: ['/bin/ok'],
  },
  ready: {
    given: { path: '/readyz', port: 8081 },
    seen: (objects) =>
      (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).map(
        (probe) => containerOf(objects)[probe].httpGet.path,
      ),
    expected: ['/healthz', '/readyz', '/healthz'],
  },
  replicas: { given: 0, seen: (objects) => one(objects, 'Deployment').spec.replicas, expected: 0 },
  startupSeconds: startupCase,
  stopSeconds: stopCase,
  resources: resourcesCase,
});

test('a route without a port is refused, since a worker has none of its own', () => {
  const { error } = worker.schema.safeParse({ health: { path: '/healthz' } });
  expect(error?.issues).toMatchObject([{ path: ['health', 'port'] }]);
});
