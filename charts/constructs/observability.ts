import { Construct } from 'constructs';
import { ruleGroups } from '../common/alerts.ts';
import { dashboards } from '../common/dashboards.ts';
import { addConfigMap, addPrometheusRule } from '../common/k8s.ts';
import { type Labelled, objectLabels } from '../common/labels.ts';
import type { Monitoring } from '../common/monitoring.ts';

/** By which Grafana's sidecar finds dashboards. */
const dashboardLabel = { grafana_dashboard: '1' } as const;

export interface ObservabilityProps {
  /** Name and labels for an object of that name. */
  readonly labelled: (name: string) => Labelled;
  /** The environment: its global tier's namespace. */
  readonly environment: string;
  /** Name of the exporter's Deployment. */
  readonly exporter: string;
  readonly monitoring: Monitoring;
  /** Namespaces of the workloads that have metrics, by their kinds. */
  readonly namespaces: Readonly<Record<string, readonly string[]>>;
}

/** A PrometheusRule with the alerts of the health report, and a ConfigMap for each dashboard. */
export class Observability extends Construct {
  constructor(scope: Construct, props: ObservabilityProps) {
    super(scope, 'observability');
    const { labelled, environment, exporter, monitoring, namespaces } = props;
    if (monitoring.rules) {
      const { object } = labelled('health');
      addPrometheusRule(this, 'rules', {
        metadata: { name: object, labels: { ...monitoring.labels, ...objectLabels(labelled('health')) } },
        spec: { groups: ruleGroups(environment, exporter) },
      });
    }
    if (!monitoring.dashboards) return;
    for (const [file, text] of Object.entries(dashboards(environment, namespaces))) {
      const described = labelled(`dashboard-${file.replace(/\.json$/, '')}`);
      addConfigMap(this, file, {
        metadata: { name: described.object, labels: { ...dashboardLabel, ...objectLabels(described) } },
        data: { [`${environment}-${file}`]: text },
      });
    }
  }
}
