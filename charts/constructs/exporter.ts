import type { Construct } from 'constructs';
import { typeMeta } from '../common/api-versions.ts';
import { addClusterRole, addClusterRoleBinding, addConfigMap, addServiceAccount } from '../common/k8s.ts';
import { type Labelled, objectLabels } from '../common/labels.ts';
import type { Metrics } from '../common/metrics.ts';
import { scrapeAnnotations } from '../common/metrics.ts';
import type { ExporterSettings } from '../common/monitoring.ts';
import { probeAction, probes } from '../common/probes.ts';
import { exporterPort } from '../common/report-metrics.ts';
import { tokenMount, tokenVolume } from '../common/service-account.ts';
import { contentsDigest } from '../common/volumes.ts';
import { DeployedService } from './deployed-service.ts';

/** Name of the exporter among the services of the global tier. */
export const exporterName = 'repoctl-exporter';

export const exporterMetrics: Metrics = { path: '/metrics', port: 'http', number: exporterPort };

/** Role of its pods. */
export const exporterComponent = 'monitoring';

/** The user of repoctl's image, `nonroot` of distroless images. */
const imageUser = 65_532;

const folder = '/etc/repoctl';
const expectedFile = 'expected.json';

/** What `repoctl status` reads (docs/rbac.md): no Secret, no ConfigMap. */
export const reportRules = [
  { apiGroups: [''], resources: ['namespaces', 'nodes', 'pods', 'persistentvolumeclaims', 'events'] },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'] },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
  { apiGroups: ['postgresql.cnpg.io'], resources: ['clusters'] },
].map((rule) => ({ ...rule, verbs: ['get', 'list', 'watch'] }));

export interface ExporterProps {
  readonly labelled: Labelled;
  readonly namespace: string;
  readonly settings: ExporterSettings;
  /** What the environment should have running, as the exporter reads it. */
  readonly expected: string;
}

/** `repoctl exporter`: a Deployment that reads the cluster, with a ServiceAccount and the rights for it, and changes nothing. */
export class Exporter extends DeployedService {
  constructor(scope: Construct, { labelled, namespace, settings, expected }: ExporterProps) {
    const { object } = labelled;
    const configMap = `${object}-expected`;
    const data = { [expectedFile]: expected };
    super(scope, labelled.name, {
      labelled,
      replicas: 1,
      strategy: 'RollingUpdate',
      user: imageUser,
      graceSeconds: 15,
      account: { name: object, token: false },
      annotations: {
        'repoctl.dev/files': contentsDigest({ expected: data }),
        ...scrapeAnnotations(exporterMetrics),
      },
      volumes: [{ name: 'expected', configMap: { name: configMap } }, tokenVolume],
      container: {
        name: 'exporter',
        image: settings.image,
        args: [
          ...['exporter', '--host', '0.0.0.0', '--port', String(exporterPort)],
          ...['--interval', String(settings.intervalSeconds), '--expected', `${folder}/${expectedFile}`],
        ],
        ports: { [exporterMetrics.port]: exporterPort },
        resources: settings.resources,
        probes: probes(
          {
            ready: probeAction({ path: '/readyz' }, exporterPort),
            alive: probeAction({ path: '/healthz' }, exporterPort),
          },
          60,
        ),
        mounts: [{ volume: 'expected', path: folder, readOnly: true }, tokenMount],
      },
    });
    const labels = objectLabels(labelled);
    // Rights in all namespaces belong to none: the name tells environments of a cluster apart.
    const clusterName = `${namespace}-${labelled.name}`;
    const added = [
      addConfigMap(this, 'expected', { metadata: { name: configMap, labels }, data }),
      addServiceAccount(this, 'service-account', {
        metadata: { name: object, labels },
        automountServiceAccountToken: false,
      }),
      addClusterRole(this, 'cluster-role', { metadata: { name: clusterName, labels }, rules: reportRules }),
      addClusterRoleBinding(this, 'cluster-role-binding', {
        metadata: { name: clusterName, labels },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: typeMeta('ClusterRole').kind, name: clusterName },
        subjects: [{ kind: 'ServiceAccount', name: object, namespace }],
      }),
    ];
    this.deployment.node.addDependency(...added);
  }
}
