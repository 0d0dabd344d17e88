import type { FieldCase } from './fields.ts';
import { containerOf, environmentOf, type Objects, podOf, workloads } from './objects.ts';

const identity = (objects: Objects, name?: string) => {
  const { runAsUser, runAsGroup, fsGroup } = podOf(objects, name).securityContext;
  return [runAsUser, runAsGroup, fsGroup];
};

const templateOf = (objects: Objects, name?: string) => {
  const found = workloads(objects).find((each) => name === undefined || each.name === name);
  if (!found) throw new TypeError(`no workload ${name}`);
  return found;
};

const names = (containers: readonly { readonly name: string }[] = []) => containers.map(({ name }) => name);

/**
 * Cases of the fields that all kinds of workload have, and a service of any image.
 *
 * @param name of the workload, where it isn't the only one
 */
export const podFieldCases = (name?: string) =>
  ({
    user: { given: 4711, seen: (objects) => identity(objects, name), expected: [4711, 4711, 4711] },
    group: { given: 0, seen: (objects) => identity(objects, name), expected: [1000, 0, 0] },
    volumes: {
      given: { cache: { mountPath: '/cache', emptyDir: '1Gi' } },
      seen: (objects) => [
        podOf(objects, name).volumes.filter((each) => each.name === 'cache'),
        containerOf(objects, name).volumeMounts.filter((each) => each.name === 'cache'),
      ],
      expected: [[{ name: 'cache', emptyDir: { sizeLimit: '1Gi' } }], [{ name: 'cache', mountPath: '/cache' }]],
    },
    writable: {
      given: ['/var/cache', '/run'],
      seen: (objects) => [
        podOf(objects, name).volumes.filter((each) => each.name.startsWith('writable')),
        containerOf(objects, name).volumeMounts.filter((each) => each.name.startsWith('writable')),
      ],
      expected: [
        [
          { name: 'writable-0', emptyDir: {} },
          { name: 'writable-1', emptyDir: {} },
        ],
        [
          { name: 'writable-0', mountPath: '/var/cache' },
          { name: 'writable-1', mountPath: '/run' },
        ],
      ],
    },
    labels: {
      given: { team: 'payments' },
      seen: (objects) => {
        const { object, template } = templateOf(objects, name);
        return [object.metadata?.labels?.team, template.metadata.labels.team];
      },
      expected: ['payments', 'payments'],
    },
    annotations: {
      given: { 'sidecar.istio.io/inject': false },
      seen: (objects) => {
        const { object, template } = templateOf(objects, name);
        const of = (given?: Readonly<Record<string, string>>) => given?.['sidecar.istio.io/inject'];
        const { annotations } = object.metadata as { annotations?: Readonly<Record<string, string>> };
        return [of(annotations), of(template.metadata.annotations)];
      },
      expected: ['false', 'false'],
    },
    serviceAccount: {
      given: { rules: [{ resources: ['pods'], verbs: ['list'] }] },
      seen: (objects) => {
        const { serviceAccountName, automountServiceAccountToken } = podOf(objects, name);
        const kinds = ['ServiceAccount', 'Role', 'RoleBinding'];
        const made = objects.filter(
          ({ kind, metadata }) => kinds.includes(kind) && metadata?.name === serviceAccountName,
        );
        return [automountServiceAccountToken, made.map(({ kind }) => kind)];
      },
      expected: [true, ['ServiceAccount', 'Role', 'RoleBinding']],
    },
    egress: {
      profile: 'production',
      given: [{ cidrs: ['203.0.113.0/24'], ports: [443, { port: 123, protocol: 'udp' }] }],
      seen: (objects) => {
        const own = templateOf(objects, name).template.metadata.labels['app.kubernetes.io/instance'];
        const { spec } = objects.find(
          ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata?.name === own,
        ) as unknown as { spec: { egress?: readonly unknown[] } };
        return spec.egress?.at(-1);
      },
      expected: {
        to: [{ ipBlock: { cidr: '203.0.113.0/24' } }],
        ports: [
          { protocol: 'TCP', port: 443 },
          { protocol: 'UDP', port: 123 },
        ],
      },
    },
    nodeSelector: {
      given: { disk: 'ssd' },
      seen: (objects) => podOf(objects, name).nodeSelector,
      expected: { disk: 'ssd' },
    },
    tolerations: {
      given: [{ key: 'gpu', effect: 'NoSchedule' }],
      seen: (objects) => podOf(objects, name).tolerations,
      expected: [{ operator: 'Exists', key: 'gpu', effect: 'NoSchedule' }],
    },
    priorityClassName: {
      given: 'high',
      seen: (objects) => podOf(objects, name).priorityClassName,
      expected: 'high',
    },
    runtimeClassName: {
      given: 'nvidia',
      seen: (objects) => podOf(objects, name).runtimeClassName,
      expected: 'nvidia',
    },
    topologySpreadConstraints: {
      given: ['topology.kubernetes.io/zone'],
      seen: (objects) => {
        const labels = templateOf(objects, name).template.metadata.labels['app.kubernetes.io/instance'];
        return podOf(objects, name).topologySpreadConstraints?.map(({ labelSelector, ...rest }) => ({
          ...rest,
          own: labelSelector.matchLabels['app.kubernetes.io/instance'] === labels,
        }));
      },
      expected: [
        { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', own: true },
      ],
    },
    initContainers: {
      given: { prepare: { image: 'busybox:1.37', command: ['true'] } },
      seen: (objects) => names(podOf(objects, name).initContainers),
      expected: ['prepare'],
    },
    sidecars: {
      given: { proxy: { image: 'busybox:1.37', env: { MODE: 'fast' } } },
      seen: (objects) =>
        podOf(objects, name).initContainers?.map((each) => [each.name, each.restartPolicy, environmentOf(each)]),
      expected: [['proxy', 'Always', { MODE: 'fast' }]],
    },
    preStop: {
      given: { sleep: 7 },
      seen: (objects) => (containerOf(objects, name).lifecycle as { preStop?: unknown } | undefined)?.preStop,
      expected: { sleep: { seconds: 7 } },
    },
    security: {
      given: { level: 'baseline', reason: 'its entrypoint changes owners' },
      seen: (objects) => {
        const { runAsNonRoot, runAsUser } = podOf(objects, name).securityContext;
        const { capabilities, readOnlyRootFilesystem } = containerOf(objects, name).securityContext;
        return [runAsNonRoot, runAsUser, capabilities, readOnlyRootFilesystem];
      },
      expected: [undefined, undefined, undefined, false],
    },
  }) satisfies Record<string, FieldCase>;

/** The case of `ports`, for the kinds that keep running. */
export const portsCase = (name?: string): FieldCase => ({
  given: { api: { port: 9000, protocol: 'grpc', hostPort: 19000 }, metrics: 9100, dns: { port: 53, protocol: 'udp' } },
  seen: (objects, hostPorts) => {
    const service = objects.find(
      ({ kind, metadata }) => kind === 'Service' && (name === undefined || metadata?.name === name),
    );
    const { ports = [] } = (service?.spec ?? {}) as { ports?: readonly unknown[] };
    return [ports.slice(-3), containerOf(objects, name).ports?.slice(-3), hostPorts.slice(-3)];
  },
  expected: [
    [
      { name: 'api', port: 9000, targetPort: 'api', appProtocol: 'kubernetes.io/h2c' },
      { name: 'metrics', port: 9100, targetPort: 'metrics' },
      { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
    ],
    [
      { name: 'api', containerPort: 9000 },
      { name: 'metrics', containerPort: 9100 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
    ],
    [19000, undefined, undefined],
  ],
});

/** What an annotation tells a Prometheus without an operator. */
export const scraped = (objects: Objects, name?: string) =>
  Object.entries(templateOf(objects, name).template.metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith('prometheus.io/'),
  );

/** The case of `metrics`, for the kinds that keep running. */
export const metricsCase = (name?: string): FieldCase => ({
  beside: { ports: { stats: 9101 } },
  given: { path: '/stats', port: 'stats' },
  seen: (objects) => scraped(objects, name),
  expected: [
    ['prometheus.io/scrape', 'true'],
    ['prometheus.io/port', '9101'],
    ['prometheus.io/path', '/stats'],
  ],
});
