/** A metric with all its samples. All that a report becomes are gauges. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A value, and what it is of. A label without a value is left out. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | undefined>>;
  readonly value: number;
}

/** What the answer says of itself. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics in the text format of Prometheus.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const exposition = (families: readonly MetricFamily[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
      return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');

function labelText(labels: Sample['labels'] = {}): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}="${escapedValue(value)}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escapedValue = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
