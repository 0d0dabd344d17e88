import { describe, expect, test } from '@jest/globals';
import { projectObjects } from '../../../charts/app.ts';
import { prometheus } from '../../../charts/constructs/prometheus.ts';
import { declareShared, type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, identity, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, metrics: '/metrics' };
const build = (settings: Given = {}) => projectObjectsOf({ services: { prometheus: settings }, workloads: { api } });
const server = 'shop-prometheus';

interface Configuration {
  readonly global: { readonly scrape_interval: string };
  readonly scrape_configs: readonly {
    readonly kubernetes_sd_configs: readonly { readonly namespaces: { readonly names: readonly string[] } }[];
  }[];
}
const configuration = (objects: ReturnType<typeof build>, name = `${server}-configuration`) =>
  JSON.parse(one(objects, 'ConfigMap', name).data['prometheus.yml'] ?? '') as Configuration;
const namespaces = (objects: ReturnType<typeof build>, name?: string) =>
  configuration(objects, name).scrape_configs.map((each) => each.kubernetes_sd_configs[0]?.namespaces.names);

describe('a project’s own', () => {
  const objects = build();

  test('finds the pods of its project, by a right of its own', () => {
    expect(namespaces(objects)).toEqual([['shop'], ['shop']]);
    expect(podOf(objects, server)).toMatchObject({
      serviceAccountName: server,
      automountServiceAccountToken: false,
      volumes: expect.arrayContaining([expect.objectContaining({ name: 'token' })]),
    });
    expect(objects.map(identity)).toEqual(
      expect.arrayContaining([`ServiceAccount/${server}`, `Role/${server}`, `RoleBinding/${server}`]),
    );
  });

  test('starts again with another configuration', () => {
    const digest = (given: Given) =>
      one(build(given), 'StatefulSet').spec.template.metadata.annotations['repoctl.dev/configuration'];
    expect(digest({})).toMatch(/^[0-9a-f]{8}$/);
    expect(digest({ interval: '30s' })).not.toBe(digest({}));
  });

  test('gives its address', () => {
    expect(environmentOf(containerOf(objects, 'shop-api'))).toEqual({
      PROMETHEUS_URL: 'http://shop-prometheus.shop.svc:9090',
    });
  });
});

describe('one of the global tier', () => {
  const { environment, objects } = declareShared({ prometheus: { kind: 'prometheus' } }, ['shop', 'news']);

  test('finds the pods of all projects that use it, and those beside it', () => {
    expect(namespaces(objects, 'dev-prometheus-configuration')[0]).toEqual(['dev', 'shop', 'news']);
  });

  test('may find pods in the namespace of each', () => {
    const [project] = environment.projects;
    if (!project) throw new TypeError('no project');
    const made = projectObjects(environment, environment.profiles.local, project).objects;
    const binding = made.find(({ kind }) => kind === 'RoleBinding') as unknown as {
      subjects: unknown;
      roleRef: unknown;
    };
    expect(binding).toMatchObject({
      metadata: { name: 'shop-prometheus', namespace: 'shop' },
      roleRef: { kind: 'Role', name: 'shop-prometheus' },
      subjects: [{ kind: 'ServiceAccount', name: 'dev-prometheus', namespace: 'dev' }],
    });
    expect(made.find(({ kind }) => kind === 'Role')).toMatchObject({
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
  });
});

describeFields(prometheus, {}, build, {
  image: {
    given: 'prom/prometheus:v3.4.0',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'prom/prometheus:v3.4.0',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  retention: {
    given: '12h',
    seen: (objects) => containerOf(objects, server).args.at(-1),
    expected: '--storage.tsdb.retention.time=12h',
  },
  interval: { given: '30s', seen: (objects) => configuration(objects).global.scrape_interval, expected: '30s' },
  hostPort: { given: 9090, seen: (_, ports) => ports, expected: [9090] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, server).resources.limits,
    expected: { cpu: '1', memory: '1Gi' },
  },
});
