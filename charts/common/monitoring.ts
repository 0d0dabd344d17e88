import { z } from 'zod';
import { imageReference, type Resources, resources } from './fields.ts';

const exporter = z.strictObject({
  image: imageReference.describe(
    'Image of repoctl, with a tag or a digest. Build it from the Dockerfile in repoctl’s package, and push it.',
  ),
  intervalSeconds: z.int().min(1).max(3600).default(15).describe('Seconds between two reports.'),
  resources: resources(['20m', '128Mi'], ['500m', '384Mi']),
});

/** What a profile may say of its monitoring. */
export const monitoringField = z.strictObject({
  exporter: exporter
    .optional()
    .describe(
      'Runs `repoctl exporter` in the global tier: the health report of the environment as Prometheus metrics and JSON. Its ' +
        'ServiceAccount may read what `repoctl status` reads, in all namespaces, by a ClusterRole.',
    ),
  monitors: z
    .enum(['pod', 'service'])
    .optional()
    .describe(
      'Makes monitors of the Prometheus operator for everything with metrics: a PodMonitor, or a ServiceMonitor for what has a ' +
        'Service with that port.',
    ),
  rules: z
    .boolean()
    .optional()
    .describe(
      'Whether a PrometheusRule has alerts of the states in the health report. Needs `exporter`. Default: that of `extends`; ' +
        'false in the presets.',
    ),
  dashboards: z
    .boolean()
    .optional()
    .describe(
      'Whether ConfigMaps with the label `grafana_dashboard: "1"` hold dashboards. Default: that of `extends`; false in the presets.',
    ),
  labels: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe('Labels of monitors and rules, by which a Prometheus selects them: `release: kube-prometheus-stack`.'),
});

export type MonitoringInput = z.output<typeof monitoringField>;

/** The exporter of an environment. */
export interface ExporterSettings {
  readonly image: string;
  readonly intervalSeconds: number;
  readonly resources: Resources;
}

/** What watches an environment in a profile. */
export interface Monitoring {
  readonly exporter?: ExporterSettings;
  readonly monitors?: 'pod' | 'service';
  readonly rules: boolean;
  readonly dashboards: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Monitoring of which nothing is said. */
export const noMonitoring: Monitoring = { rules: false, dashboards: false, labels: {} };
