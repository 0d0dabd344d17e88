import { describe, expect, test } from '@jest/globals';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { Monitoring } from '../../charts/common/monitoring.ts';
import { monitoringField, noMonitoring } from '../../charts/common/monitoring.ts';
import { reportMetrics } from '../../charts/common/report-metrics.ts';
import { declareEnvironment, declareProject } from './declared.ts';
import { identity } from './objects.ts';

const shop = declareProject({
  name: 'shop',
  services: { immudb: {}, postgres: {} },
  workloads: {
    api: { kind: 'http', port: 8000, metrics: '/stats' },
    queue: { kind: 'worker', health: { tcp: 1 }, sidecars: { exporter: { image: 'e:1', ports: { metrics: 9100 } } } },
    ring: { kind: 'statefulset', ports: { metrics: 9100 }, replicas: 2, health: { tcp: 9100 } },
    web: { kind: 'http', port: 80 },
  },
});
const environment = declareEnvironment([shop]);
const { exporter } = monitoringField.parse({ exporter: { image: 'registry.example.com/tools/repoctl:1.0.0' } });

function made(monitoring: Partial<Monitoring>) {
  const profile = { ...environment.profiles.production, monitoring: { ...noMonitoring, ...monitoring } };
  const all = [globalObjects(environment, profile), projectObjects(environment, profile, shop)];
  expect(all.flatMap(({ nonconformities }) => nonconformities)).toEqual([]);
  return all.flatMap(({ objects }) => objects);
}
const monitors = (monitoring: Partial<Monitoring>) =>
  made(monitoring)
    .filter(({ kind }) => kind.endsWith('Monitor'))
    .map(identity)
    .sort();

describe('monitors', () => {
  test('are there only where they are asked for', () => {
    expect(monitors({ exporter })).toEqual([]);
  });

  test('of pods: one for each service and workload with metrics, and for the exporter', () => {
    expect(monitors({ exporter, monitors: 'pod' })).toEqual([
      'PodMonitor/dev-repoctl-exporter',
      'PodMonitor/shop-api',
      'PodMonitor/shop-immudb',
      'PodMonitor/shop-queue',
      'PodMonitor/shop-ring',
    ]);
  });

  test('of Services, but for the port of a sidecar, which no Service has', () => {
    expect(monitors({ exporter, monitors: 'service' })).toEqual([
      'PodMonitor/shop-queue',
      'ServiceMonitor/dev-repoctl-exporter',
      'ServiceMonitor/shop-api',
      'ServiceMonitor/shop-immudb',
      'ServiceMonitor/shop-ring',
    ]);
  });

  test('name port and route, the labels by which a Prometheus selects them, and the pods', () => {
    const labels = { release: 'kube-prometheus-stack' };
    const [api] = made({ monitors: 'pod', labels }).filter((each) => identity(each) === 'PodMonitor/shop-api');
    expect(api).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      metadata: { namespace: 'shop', labels },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/instance': 'shop-api' } },
        podMetricsEndpoints: [{ port: 'http', path: '/stats' }],
      },
    });
  });

  test('the labels of the exporter’s own metrics stay', () => {
    const [own] = made({ exporter, monitors: 'pod' }).filter(
      (each) => identity(each) === 'PodMonitor/dev-repoctl-exporter',
    );
    expect(own).toMatchObject({
      spec: { podMetricsEndpoints: [{ honorLabels: true, path: '/metrics', port: 'http' }] },
    });
  });
});

test('a PrometheusRule has the alerts of the environment', () => {
  const [rule] = made({ exporter, rules: true }).filter(({ kind }) => kind === 'PrometheusRule');
  expect(rule).toMatchObject({
    metadata: { name: 'dev-health', namespace: 'dev' },
    spec: { groups: [{ name: 'repoctl-dev' }] },
  });
  expect(JSON.stringify(rule)).not.toMatch(/\{\{(ENVIRONMENT|EXPORTER)\}\}/);
});

describe('dashboards', () => {
  const found = made({ dashboards: true }).filter(
    ({ metadata }) => metadata?.labels?.grafana_dashboard === '1',
  ) as unknown as { metadata: { name: string }; data: Record<string, string> }[];

  test('one of the health, and one for each kind of workload that has metrics', () => {
    expect(found.map(({ metadata }) => metadata.name).sort()).toEqual([
      'dev-dashboard-health',
      'dev-dashboard-http',
      'dev-dashboard-statefulset',
      'dev-dashboard-worker',
    ]);
  });

  test('are JSON with panels, and name only metrics that the exporter serves', () => {
    const names: readonly string[] = Object.values(reportMetrics).map(({ name }) => name);
    for (const { data } of found) {
      const dashboard = JSON.parse(Object.values(data)[0] ?? '') as { panels: { targets: { expr: string }[] }[] };
      expect(dashboard.panels.length).toBeGreaterThan(2);
      const used = dashboard.panels.flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => expr.match(/repoctl_\w+/g) ?? []),
      );
      expect(used.filter((name) => !names.includes(name))).toEqual([]);
    }
  });
});
