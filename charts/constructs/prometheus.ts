import { createHash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { hostPort, image, resources, storage } from '../common/fields.ts';
import { images } from '../common/images.ts';
import { addConfigMap, addRole, addRoleBinding } from '../common/k8s.ts';
import type { Service, ServiceContext, ServiceKind } from '../common/kind.ts';
import { labelled } from '../common/labelled.ts';
import { type OwnerLabels, objectLabels } from '../common/labels.ts';
import { objectName, serviceHost, variableName } from '../common/names.ts';
import { probeAction, probes } from '../common/probes.ts';
import { type AccountSettings, tokenMount, tokenVolume } from '../common/service-account.ts';
import { StatefulService } from './stateful-service.ts';

const component = 'metrics';
const prometheusPort = 9090;
/** Where it keeps samples, and the uid of its image. */
export const prometheusFolder = '/prometheus';
export const prometheusUser = 65534;

const duration = z.string().regex(/^[1-9]\d*(s|m|h|d)$/, 'must be a time such as 15s or 7d');

const schema = z.strictObject({
  image: image(images.prometheus),
  storage: storage('2Gi'),
  retention: duration.default('7d').describe('How long it keeps samples: `12h`, `7d`.'),
  interval: duration.default('15s').describe('How often it reads metrics: `15s`.'),
  hostPort: hostPort.optional(),
  resources: resources(['50m', '128Mi'], ['1', '512Mi']),
});

interface PrometheusSettings extends z.output<typeof schema> {
  /** Its right to find pods. */
  readonly serviceAccount?: AccountSettings;
}

/** What it may do in each namespace whose pods it finds. */
const findsPods = { apiGroups: [''], resources: ['pods'], verbs: ['get' as const, 'list' as const, 'watch' as const] };

const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;

const labels = [
  { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
  { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
  { source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_instance'], target_label: 'service' },
];

/** Its configuration, which is JSON, and so YAML. */
const configuration = ({ interval }: PrometheusSettings, namespaces: readonly string[]): string => {
  const pods = [{ role: 'pod', namespaces: { names: namespaces } }];
  const file = {
    global: { scrape_interval: interval, scrape_timeout: interval },
    scrape_configs: [
      {
        job_name: 'workloads',
        kubernetes_sd_configs: pods,
        relabel_configs: [
          { source_labels: [annotation('scrape')], regex: 'true', action: 'keep' },
          // A pod is found once for each of its ports, and each is the one that the annotation names.
          {
            source_labels: ['__meta_kubernetes_pod_ip', annotation('port')],
            separator: ':',
            target_label: '__address__',
          },
          { source_labels: [annotation('path')], target_label: '__metrics_path__' },
          ...labels,
        ],
      },
      {
        job_name: 'services',
        kubernetes_sd_configs: pods,
        relabel_configs: [
          { source_labels: [annotation('scrape')], regex: 'true', action: 'drop' },
          { source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: 'metrics', action: 'keep' },
          ...labels,
        ],
      },
    ],
  };
  return `${JSON.stringify(file, null, 1)}\n`;
};

/** Prometheus: a StatefulSet of one pod that finds the pods whose metrics it reads, in its own namespace and those of projects. */
export class Prometheus extends StatefulService {
  readonly configuration: ApiObject;

  constructor(scope: Construct, service: Service<PrometheusSettings>, context: ServiceContext) {
    const { settings, object } = service;
    const described = labelled(service, component);
    const text = configuration(settings, [service.namespace, ...(context.namespaces ?? [])]);
    super(scope, service.name, {
      labelled: described,
      user: prometheusUser,
      graceSeconds: 60,
      headless: !context.development,
      account: settings.serviceAccount && { name: object, token: false },
      claim: { path: prometheusFolder, size: settings.storage },
      annotations: { 'repoctl.dev/configuration': createHash('sha256').update(text).digest('hex').slice(0, 8) },
      volumes: [{ name: 'configuration', configMap: { name: `${object}-configuration` } }, tokenVolume],
      container: {
        name: 'prometheus',
        image: settings.image,
        args: [
          '--config.file=/etc/prometheus/repoctl/prometheus.yml',
          `--storage.tsdb.path=${prometheusFolder}`,
          `--storage.tsdb.retention.time=${settings.retention}`,
        ],
        ports: { http: prometheusPort },
        resources: settings.resources,
        probes: probes(
          {
            ready: probeAction({ path: '/-/ready' }, prometheusPort),
            alive: probeAction({ path: '/-/healthy' }, prometheusPort),
          },
          300,
        ),
        mounts: [{ volume: 'configuration', path: '/etc/prometheus/repoctl', readOnly: true }, tokenMount],
      },
    });
    this.configuration = addConfigMap(this, 'configuration', {
      metadata: { name: `${object}-configuration`, labels: objectLabels(described) },
      data: { 'prometheus.yml': text },
    });
    this.statefulSet.addDependency(this.configuration);
  }
}

/** The right of a Prometheus of the global tier to find the pods of a project, in the project's namespace. */
export function addFinderRights(
  scope: Construct,
  { object, namespace, name }: Service,
  owner: OwnerLabels & { readonly project: string },
): void {
  const role = objectName(owner.project, name);
  const metadata = { name: role, labels: objectLabels({ name, component, object: role, owner }) };
  addRole(scope, `${name}-role`, { metadata, rules: [findsPods] });
  addRoleBinding(scope, `${name}-role-binding`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: object, namespace }],
  });
}

export const prometheus: ServiceKind<PrometheusSettings> = {
  summary:
    'Prometheus, which reads the metrics of every workload that has `metrics`. In the global tier it does so in every project. ' +
    'Gives `PROMETHEUS_URL`.',
  component,
  schema,
  everybody: true,
  scrapes: true,
  compose: { images: ['prom/prometheus'] },
  resolve: (given) => ({ ...given, serviceAccount: { rules: [findsPods] } }),
  controller: () => 'StatefulSet',
  ports: (settings) => [{ name: 'http', port: prometheusPort, protocol: 'http', hostPort: settings.hostPort }],
  managedPorts: [443],
  secrets: () => [],
  connect(service, { project }) {
    const url = variableName(service, 'PROMETHEUS_URL');
    const host = serviceHost(service.object, service.namespace);
    return {
      promises: [url],
      secret: { name: objectName(project, service.name), keys: [] },
      variables: [{ name: url, value: `http://${host}:${prometheusPort}` }],
      ready: { image: images.busybox, script: `exec wget -q -O - "$${url}/-/ready"` },
    };
  },
  build: (scope, service, context) => new Prometheus(scope, service, context),
};
