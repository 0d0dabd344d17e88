import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { images } from '../../charts/common/images.ts';
import {
  bases,
  bringImages,
  cluster,
  context,
  ensureCluster,
  kubectl,
  makeAvailable,
  repoctl as mustSucceed,
  readPlan,
} from './environment.ts';
import { apply, supplySecrets } from './production.ts';
import { attempt, eventually, kubectlProxy, type Outcome, run } from './run.ts';
import { ledgerYaml, SmallEnvironment } from './small-environment.ts';

jest.setTimeout(900_000);

const repository = join(import.meta.dirname, '..', '..');
const enforce = process.env.REPOCTL_E2E_NETWORK_POLICIES;
const observed = makeAvailable([images.prometheus]).length > 0 ? describe : describe.skip;
const image = 'registry.example.com/tools/repoctl:0.1.0';
const real = ['--profile', 'production', '--context', context];

const clerkYaml = `  clerk:
    kind: worker
    image: ${images.postgres}
    command: [sleep, infinity]
    health: { command: ["true"] }
    stopSeconds: 1
`;

/** What the Prometheus operator adds to a cluster's API, without its schemas. */
const definitions = [
  { kind: 'PodMonitor', plural: 'podmonitors' },
  { kind: 'PrometheusRule', plural: 'prometheusrules' },
].map(({ kind, plural }) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.monitoring.coreos.com` },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}));

/** A Prometheus without the operator, which finds pods by their annotations, as docs/monitoring.md has it. */
function prometheus(groups: unknown): object[] {
  const at = { name: 'prometheus', namespace: 'monitoring' };
  const labels = { app: 'prometheus' };
  const from = (annotation: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${annotation}`;
  const config = {
    global: { scrape_interval: '15s', scrape_timeout: '10s', evaluation_interval: '5s' },
    rule_files: ['/etc/prometheus/rules.yml'],
    scrape_configs: [
      {
        job_name: 'pods',
        honor_labels: true,
        kubernetes_sd_configs: [{ role: 'pod' }],
        relabel_configs: [
          { source_labels: [from('scrape')], regex: 'true', action: 'keep' },
          { source_labels: [from('path')], regex: '(.+)', target_label: '__metrics_path__' },
          {
            source_labels: ['__meta_kubernetes_pod_ip', from('port')],
            separator: ':',
            target_label: '__address__',
          },
        ],
      },
    ],
  };
  return [
    { ...typeMeta('Namespace'), metadata: { name: at.namespace } },
    { ...typeMeta('ServiceAccount'), metadata: at },
    {
      ...typeMeta('ClusterRole'),
      metadata: { name: 'e2e-prometheus' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      ...typeMeta('ClusterRoleBinding'),
      metadata: { name: 'e2e-prometheus' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'e2e-prometheus' },
      subjects: [{ kind: 'ServiceAccount', ...at }],
    },
    {
      ...typeMeta('ConfigMap'),
      metadata: at,
      data: { 'prometheus.yml': stringify(config), 'rules.yml': stringify({ groups }) },
    },
    { ...typeMeta('Service'), metadata: at, spec: { selector: labels, ports: [{ port: 9090 }] } },
    {
      ...typeMeta('Pod'),
      metadata: { ...at, labels },
      spec: {
        serviceAccountName: at.name,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'prometheus',
            image: images.prometheus,
            readinessProbe: { httpGet: { path: '/-/ready', port: 9090 } },
            volumeMounts: [{ name: 'config', mountPath: '/etc/prometheus' }],
          },
        ],
        volumes: [{ name: 'config', configMap: { name: at.name } }],
      },
    },
  ];
}

const applyAll = (objects: readonly object[]) => apply(objects.map((each) => JSON.stringify(each)).join('\n---\n'));

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface FiredAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

observed('repoctl exporter, scraped by a Prometheus', () => {
  const small = new SmallEnvironment('watched', cluster);
  const { kubectl: ask } = small;
  let proxy: { url: string; stop(): void };
  const deploy = (): Outcome => small.repoctl('deploy', '--yes', '--timeout', '240', ...real);
  const ended = ({ status, stdout, stderr }: Outcome) => [status, status === 0 ? '' : stdout + stderr];

  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(
      `${proxy.url}/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/${path}`,
    );
    const { data } = (await response.json()) as { data: T };
    return data;
  };
  const query = async (expression: string): Promise<Sample[]> =>
    (await api<{ result: Sample[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
  /** The state of each resource of a namespace, as Prometheus has it. */
  const states = async (namespace: string): Promise<Record<string, string>> => {
    const samples = await query(`repoctl_resource_state{namespace="${namespace}"} == 1`);
    return Object.fromEntries(samples.map(({ metric }) => [metric.resource ?? '', metric.state ?? '']));
  };
  const alerts = async (): Promise<FiredAlert[]> => (await api<{ alerts: FiredAlert[] }>('alerts')).alerts;
  const told = async (state: string): Promise<string[]> =>
    (await alerts())
      .filter((alert) => alert.state === state)
      .map(({ labels }) => `${labels.alertname} ${labels.resource ?? ''}`.trim())
      .sort();

  beforeAll(async () => {
    ensureCluster();
    small.clear('watched', 'shelf', 'monitoring');
    if (enforce) run(enforce, [cluster]);
    makeAvailable(bases(repository, 'Dockerfile'));
    run('docker', ['build', '--quiet', '--tag', image, '.'], { cwd: repository, env: { DOCKER_BUILDKIT: '1' } });
    run('kind', ['load', 'docker-image', '--name', cluster, image]);
    bringImages(images.postgres, images.prometheus);
    small.write(
      'repoctl.yaml',
      `${small.read('repoctl.yaml')}profiles:
  production:
    images: { registry: registry.example.com/watched, tag: 1.0.0 }
    monitoring:
      exporter: { image: "${image}", intervalSeconds: 5 }
      monitors: pod
      rules: true
`,
    );
    small.write('apps/ledger/infra/project.yaml', (ledgerYaml + clerkYaml).replace('name: ledger', 'name: shelf'));
    applyAll(definitions);
    mustSucceed(small.root, 'synth', '--profile', 'production');
    supplySecrets(readPlan(small.root, 'production'));
    expect(ended(deploy())).toEqual([0, '']);
    const rule = JSON.parse(ask('get', 'prometheusrule/watched-health', '-n', 'watched', '-o', 'json')) as {
      spec: { groups: unknown };
    };
    applyAll(prometheus(rule.spec.groups));
    ask('wait', '-n', 'monitoring', 'pod/prometheus', '--for=condition=Ready', '--timeout=120s');
    proxy = await kubectlProxy(context);
  });

  afterAll(() => {
    proxy?.stop();
    kubectl('delete', 'namespace', 'watched', 'shelf', 'monitoring', '--ignore-not-found', '--wait');
    const left = ['watched-repoctl-exporter', 'e2e-prometheus'];
    kubectl('delete', 'clusterrole,clusterrolebinding', ...left, '--ignore-not-found');
    kubectl('delete', 'customresourcedefinition', ...definitions.map(({ metadata }) => metadata.name));
    small.remove();
  });

  test('runs under restricted Pod Security, with rights to read and no others', () => {
    const account = 'system:serviceaccount:watched:watched-repoctl-exporter';
    const may = (...what: string[]) =>
      attempt('kubectl', ['--context', context, 'auth', 'can-i', ...what, '-A', '--as', account]).stdout.trim();
    expect([may('list', 'pods'), may('get', 'secrets'), may('delete', 'pods')]).toEqual(['yes', 'no', 'no']);
    const label = 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}';
    expect(ask('get', 'namespace/watched', '-o', label)).toBe('restricted');
  });

  test('is found by its annotations, and says that all is healthy', async () => {
    await eventually('the exporter is scraped', 60, async () => {
      const [up] = await query('repoctl_up{environment="watched"}');
      expect(up?.value[1]).toBe('1');
    });
    const all = await states('shelf');
    expect(all).toMatchObject({
      'shelf-postgres': 'healthy',
      'shelf-keeper': 'healthy',
      'shelf-clerk': 'healthy',
    });
    expect(await states('watched')).toEqual({ 'watched-repoctl-exporter': 'healthy' });
    expect(await query('repoctl_resource_problem == 1')).toEqual([]);
    expect((await query('repoctl_report_complete'))[0]?.value[1]).toBe('1');
    // The first evaluation came before the first scrape.
    await eventually('no alert is left', 60, async () => expect(await alerts()).toEqual([]));
  });

  test('serves the report that status prints', async () => {
    const pod = ask('get', 'pods', '-n', 'watched', '-o', 'jsonpath={.items[0].metadata.name}');
    const served = await fetch(`${proxy.url}/api/v1/namespaces/watched/pods/${pod}:9464/proxy/report.json`);
    const report = (await served.json()) as { complete: boolean; tiers: { namespace: string; status: string }[] };
    expect(report.complete).toBe(true);
    expect(report.tiers.map(({ namespace, status }) => [namespace, status])).toEqual([
      ['watched', 'healthy'],
      ['shelf', 'healthy'],
    ]);
  });

  test('tells what broke, and the alerts of the PrometheusRule fire after their five minutes', async () => {
    ask('set', 'image', '-n', 'shelf', 'deployment/shelf-clerk', '*=registry.example.com/none:9');
    ask('delete', 'deployment/shelf-keeper', '-n', 'shelf', '--wait');
    await eventually('both are told of', 120, async () =>
      expect(await states('shelf')).toMatchObject({ 'shelf-keeper': 'missing', 'shelf-clerk': 'degraded' }),
    );
    const problems = await query('repoctl_resource_problem{resource="shelf-clerk"} == 1');
    expect(problems.map(({ metric }) => metric.reason)).toEqual([expect.stringMatching(/Image/)]);
    await eventually('both alerts are pending', 60, async () =>
      expect(await told('pending')).toEqual([
        'RepoctlResourceDegraded shelf-clerk',
        'RepoctlResourceMissing shelf-keeper',
      ]),
    );
    await eventually('both alerts fire', 420, async () =>
      expect(await told('firing')).toEqual([
        'RepoctlResourceDegraded shelf-clerk',
        'RepoctlResourceMissing shelf-keeper',
      ]),
    );
    const [degraded] = (await alerts()).filter(({ labels }) => labels.resource === 'shelf-clerk');
    expect(degraded).toMatchObject({
      labels: { severity: 'critical', namespace: 'shelf', environment: 'watched' },
      annotations: {
        summary: 'Deployment shelf-clerk in namespace shelf is degraded',
        description: expect.stringMatching(/Reason: \w*Image\w*\. Type: repoctl status shelf --logs/),
      },
    });
  });

  test('tells that all is healthy again, and no alert is left', async () => {
    expect(ended(deploy())).toEqual([0, '']);
    await eventually('all is healthy again', 120, async () => {
      expect(await states('shelf')).toMatchObject({ 'shelf-keeper': 'healthy', 'shelf-clerk': 'healthy' });
      expect(await alerts()).toEqual([]);
    });
  });

  test('is missed where it does not run', async () => {
    ask('scale', '-n', 'watched', 'deployment/watched-repoctl-exporter', '--replicas', '0');
    await eventually('its alert is pending', 120, async () =>
      expect(await told('pending')).toEqual(['RepoctlReportMissing']),
    );
    expect(await states('shelf')).toEqual({});
  });
});
