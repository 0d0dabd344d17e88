import { reportMetrics } from './report-metrics.ts';

/** A panel of a dashboard. A new one is a row. */
interface PanelRow {
  readonly title: string;
  readonly type: 'stat' | 'table' | 'timeseries';
  /** PromQL. */
  readonly expr: string;
  /** What a line is called. @default all its labels */
  readonly legend?: string;
  readonly unit?: string;
}

/** What Grafana shows of one subject. */
interface DashboardData {
  readonly title: string;
  readonly panels: readonly PanelRow[];
}

const { up, age, namespace, resource, problem, restarts } = reportMetrics;

const health = (environment: string): DashboardData => {
  const of = `environment="${environment}"`;
  return {
    title: `${environment}: health`,
    panels: [
      { title: 'Report is up', type: 'stat', expr: `max(${up.name}{${of}})` },
      { title: 'Age of the report', type: 'stat', expr: `min(${age.name}{${of}})`, unit: 's' },
      {
        title: 'Namespaces by state',
        type: 'timeseries',
        expr: `sum by (state) (${namespace.name}{${of}})`,
        legend: '{{state}}',
      },
      {
        title: 'Services and workloads by state',
        type: 'timeseries',
        expr: `sum by (state) (${resource.name}{${of}})`,
        legend: '{{state}}',
      },
      { title: 'Problems', type: 'table', expr: `${problem.name}{${of},state!="progressing"}` },
      {
        title: 'Restarts',
        type: 'timeseries',
        expr: `topk(10, ${restarts.name}{${of}} > 0)`,
        legend: '{{namespace}}/{{resource}}',
      },
    ],
  };
};

/** What the clients of Prometheus tell of every process, by its Service or workload. */
const processPanels = (of: string): PanelRow[] => [
  { title: 'Up', type: 'timeseries', expr: `up{${of}}`, legend: '{{namespace}}/{{pod}}' },
  {
    title: 'CPU',
    type: 'timeseries',
    expr: `rate(process_cpu_seconds_total{${of}}[5m])`,
    legend: '{{namespace}}/{{pod}}',
  },
  {
    title: 'Memory',
    type: 'timeseries',
    expr: `process_resident_memory_bytes{${of}}`,
    legend: '{{namespace}}/{{pod}}',
    unit: 'bytes',
  },
];

/** Panels that a kind of workload has beside those of every process; a kind without a row has those only. */
const kindPanels: Readonly<Record<string, (of: string) => readonly PanelRow[]>> = {
  http: (of) => [
    {
      title: 'Requests a second',
      type: 'timeseries',
      expr: `sum by (namespace, job) (rate({__name__=~"http_requests_total|http_server_requests_total|http_request_duration_seconds_count|http_server_request_duration_seconds_count",${of}}[5m]))`,
      legend: '{{namespace}}/{{job}}',
      unit: 'reqps',
    },
    {
      title: 'Duration, 95th percentile',
      type: 'timeseries',
      expr: `histogram_quantile(0.95, sum by (namespace, job, le) (rate({__name__=~"http_request_duration_seconds_bucket|http_server_request_duration_seconds_bucket",${of}}[5m])))`,
      legend: '{{namespace}}/{{job}}',
      unit: 's',
    },
  ],
};

/**
 * The dashboards of an environment, as Grafana reads them, by the names of their files.
 *
 * @param namespaces of the workloads that have metrics, by their kinds
 */
export function dashboards(
  environment: string,
  namespaces: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  const data: Record<string, DashboardData> = { health: health(environment) };
  for (const [kind, where] of Object.entries(namespaces)) {
    const of = `namespace=~"${where.join('|')}"`;
    data[kind] = {
      title: `${environment}: workloads of kind ${kind}`,
      panels: [...processPanels(of), ...(kindPanels[kind]?.(of) ?? [])],
    };
  }
  return Object.fromEntries(
    Object.entries(data).map(([name, each]) => [
      `${name}.json`,
      `${JSON.stringify(dashboard(`${environment}-${name}`, each), null, 1)}\n`,
    ]),
  );
}

/** @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
function dashboard(uid: string, { title, panels }: DashboardData): object {
  const source = { type: 'prometheus', uid: '$' + '{source}' };
  return {
    // Grafana takes 40 letters.
    uid: uid.slice(0, 40),
    title,
    tags: ['repoctl'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'source', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(({ title: of, type, expr, legend, unit }, index) => ({
      id: index + 1,
      title: of,
      type,
      datasource: source,
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
      fieldConfig: { defaults: { unit: unit ?? 'none' }, overrides: [] },
      targets: [
        {
          refId: 'A',
          datasource: source,
          expr,
          legendFormat: legend ?? '__auto',
          instant: type === 'table',
          format: type === 'table' ? 'table' : 'time_series',
        },
      ],
    })),
  };
}
