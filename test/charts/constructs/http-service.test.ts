import { describe, expect, test } from '@jest/globals';
import { httpService } from '../../../charts/constructs/http-service.ts';
import type { PresetName } from '../../../charts/model.ts';
import { declareEnvironment, declareProject, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { all, containerOf, environmentOf, one, podOf, workloads } from '../objects.ts';
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

const minimal = { port: 8000 };
const build = (settings: Given = {}, profile?: PresetName) =>
  workloadObjects('http', { ...minimal, ...settings }, profile);
const production = (settings: Given = {}) =>
  projectObjectsOf({ workloads: { it: { kind: 'http', ...minimal, ...settings } } }, { profile: 'production' });

describe('defaults', () => {
  const objects = build();

  test('a Deployment of one pod, replaced without a gap, and a Service', () => {
    const { metadata, spec } = one(objects, 'Deployment');
    expect(metadata.name).toBe('shop-it');
    expect(spec.replicas).toBe(1);
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(one(objects, 'Service').spec.ports).toEqual([{ name: 'http', port: 8000, targetPort: 'http' }]);
  });

  test('one route tells both that it works and that it can serve', () => {
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
    for (const probe of [startupProbe, readinessProbe, livenessProbe])
      expect(probe.httpGet).toEqual({ path: '/health', port: 8000 });
  });

  test('has no Prometheus annotations', () => {
    expect(workloads(objects)[0]?.template.metadata.annotations).toBeUndefined();
  });
});

describeFields(httpService, minimal, build, {
  ...workloadFieldCases,
  ports: portsCase(),
  autoscale: autoscaleCase,
  expose: {
    profile: 'production',
    given: { host: 'www.example.com' },
    seen: (objects) => objects.filter(({ kind }) => kind === 'Ingress').map(({ metadata }) => metadata?.name),
    expected: ['shop-it'],
  },
  command: commandCase,
  localCommand: localCommandCase,
  port: { given: 3000, seen: (objects) => one(objects, 'Service').spec.ports[0]?.port, expected: 3000 },
  hostPort: { given: 13000, seen: (_, hostPorts) => hostPorts, expected: [13000] },
  health: {
    given: '/alive',
    seen: (objects) => {
      const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
      return [startupProbe, readinessProbe, livenessProbe].map((probe) => probe.httpGet.path);
    },
    expected: ['/alive', '/alive', '/alive'],
  },
  ready: {
    given: { path: '/ready' },
    seen: (objects) => {
      const { startupProbe, readinessProbe, livenessProbe } = containerOf(objects);
      return [startupProbe, readinessProbe, livenessProbe].map((probe) => probe.httpGet.path);
    },
    expected: ['/health', '/ready', '/health'],
  },
  metrics: metricsCase(),
  replicas: { given: 4, seen: (objects) => one(objects, 'Deployment').spec.replicas, expected: 4 },
  startupSeconds: startupCase,
  stopSeconds: stopCase,
  drainSeconds: {
    given: 12,
    seen: (_objects, _hostPorts, settings) => containerOf(production(settings)).lifecycle?.preStop,
    expected: { sleep: { seconds: 12 } },
  },
  resources: resourcesCase,
});

describe('asked in another way than by a route', () => {
  test('works while its port accepts connections, and is waited for by that', () => {
    const waits = (health: object) => {
      const objects = projectObjectsOf({
        workloads: { api: { kind: 'http', port: 80, health }, page: { kind: 'http', port: 81, after: ['api'] } },
      });
      const [api, page] = workloads(objects).map(({ template }) => template.spec);
      return [api?.containers[0]?.readinessProbe, page?.initContainers?.[0]?.command.slice(5)];
    };
    const byPort = ['nc', '-w', '3', 'shop-api.shop.svc', '80'];
    expect(waits({ tcp: 80 })).toEqual([expect.objectContaining({ tcpSocket: { port: 80 } }), byPort]);
    // Neither a program in the image nor another port can be asked from outside.
    expect(waits({ command: ['ok'] })).toEqual([expect.objectContaining({ exec: { command: ['ok'] } }), byPort]);
    expect(waits({ path: '/up', port: 9 })).toEqual([
      expect.objectContaining({ httpGet: { path: '/up', port: 9 } }),
      byPort,
    ]);
  });
});

describe('reloaded by uvicorn', () => {
  const localCommand = ['uvicorn', 'shop.main:app', '--reload'];
  const objectsOf = (
    profile: PresetName,
    sync: readonly { from: string; to: string }[] = [{ from: 'src', to: '/app/src' }],
  ) =>
    projectObjectsOf(
      { images: { app: sync }, workloads: { it: { kind: 'http', ...minimal, command: ['serve'], localCommand } } },
      { profile },
    );

  test('in development, with its libraries in memory', () => {
    const objects = objectsOf('local');
    const { command, volumeMounts } = containerOf(objects);
    expect(command.slice(3)).toEqual(['python', '-m', 'repoctl_uvicorn', '/app/src', '--', ...localCommand]);
    expect(volumeMounts[0]).toMatchObject({ mountPath: '/etc/repoctl/python', readOnly: true });
    const { data } = one(objects, 'ConfigMap', 'shop-it-module');
    expect(Object.keys(data)).toEqual(['repoctl_libraries.py', 'repoctl_uvicorn.py', 'repoctl_preload.py']);
  });

  test('by itself where no file is synced', () => {
    expect(containerOf(objectsOf('local', [])).command).toEqual(localCommand);
  });

  test('not in production, where `command` is the program', () => {
    const objects = objectsOf('production');
    expect(containerOf(objects).command).toEqual(['serve']);
    expect(all(objects, 'ConfigMap')).toEqual([]);
  });
});

describe('drains before it stops', () => {
  test('in production, in addition to its own time', () => {
    const objects = production({ stopSeconds: 20 });
    expect(containerOf(objects).lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(25);
  });

  test('not for 0 seconds', () => {
    const objects = production({ stopSeconds: 20, drainSeconds: 0 });
    expect(containerOf(objects).lifecycle).toBeUndefined();
    expect(podOf(objects).terminationGracePeriodSeconds).toBe(20);
  });

  test('not in development, where nobody balances load', () => {
    expect(containerOf(build({ drainSeconds: 9 })).lifecycle).toBeUndefined();
  });
});

describe('a workload of another project', () => {
  const status = declareProject({
    name: 'status',
    workloads: { api: { kind: 'http', port: 8080, ready: '/readyz', env: { TOKEN: 'theirs' } } },
    secrets: ['WEBHOOK'],
  });
  const web = {
    name: 'web',
    links: ['status/api'],
    workloads: { page: { kind: 'http', port: 3000, after: ['status/api'] } },
  };
  const objects = projectObjectsOf(web, { environment: declareEnvironment([status, declareProject(web)]) });

  test('gets its URL', () => {
    expect(environmentOf(containerOf(objects))).toEqual({ STATUS_API_URL: 'http://status-api.status.svc:8080' });
  });

  test('can wait until it is ready, and gets nothing of its environment for that', () => {
    const [wait] = podOf(objects).initContainers;
    expect(wait?.name).toBe('wait-status--api');
    expect(wait?.image).toMatch(/^busybox:/);
    expect(wait?.command.slice(5).join(' ')).toBe('wget -q -O /dev/null http://status-api.status.svc:8080/readyz');
    expect(environmentOf(wait ?? {})).toEqual({});
  });
});

test('one Service only, even beside a workload without ports', () => {
  const objects = projectObjectsOf({
    workloads: { api: { kind: 'http', port: 80 }, tail: { kind: 'worker', health: { tcp: 1 } } },
  });
  expect(all(objects, 'Service').map(({ metadata }) => metadata.name)).toEqual(['shop-api']);
});
