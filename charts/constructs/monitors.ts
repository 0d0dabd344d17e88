import { addPodMonitor, addServiceMonitor } from '../common/k8s.ts';
import type { PodsConstruct } from '../common/kind.ts';
import { type Labelled, labelKeys, objectLabels, podLabels, selectorLabels } from '../common/labels.ts';
import type { ManifestObject } from '../common/manifest-object.ts';
import type { Metrics } from '../common/metrics.ts';
import type { Monitoring } from '../common/monitoring.ts';

/** What a monitor is of. */
export interface Monitored {
  readonly labelled: Labelled;
  readonly metrics: Metrics | undefined;
  /** Whether the labels in the metrics stay, where those of the target have the same names. @default false */
  readonly honorLabels?: boolean;
}

/**
 * Adds what has the Prometheus operator scrape the metrics of pods: a ServiceMonitor where that is asked for and their Service has
 * the port, else a PodMonitor. Nothing for pods without metrics, or where nobody asks.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
export function addMonitor(
  pods: PodsConstruct,
  { labelled, metrics, honorLabels }: Monitored,
  { monitors, labels }: Monitoring,
): void {
  if (!metrics || !monitors) return;
  const metadata = { name: labelled.object, labels: { ...labels, ...objectLabels(labelled) } };
  const endpoint = { port: metrics.port, path: metrics.path, honorLabels };
  if (monitors === 'service' && hasPort(pods, metrics.port))
    addServiceMonitor(pods, 'monitor', {
      metadata,
      spec: {
        jobLabel: labelKeys.instance,
        selector: { matchLabels: selectorLabels(labelled) },
        endpoints: [endpoint],
      },
    });
  else
    addPodMonitor(pods, 'monitor', {
      metadata,
      spec: {
        jobLabel: labelKeys.instance,
        selector: { matchLabels: podLabels(labelled) },
        podMetricsEndpoints: [endpoint],
      },
    });
}

/** Whether the Service in front of pods has a port of that name: the one without an address, which has none, is not scraped. */
function hasPort({ service }: PodsConstruct, name: string): boolean {
  const { spec } = (service?.toJson() ?? {}) as ManifestObject & {
    readonly spec?: { readonly ports?: readonly { readonly name?: string }[] };
  };
  return spec?.ports?.some((port) => port.name === name) ?? false;
}
