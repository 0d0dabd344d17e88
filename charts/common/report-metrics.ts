/** Where `repoctl exporter` listens: the port that OpenTelemetry's exporters for Prometheus have. */
export const exporterPort = 9464;

/**
 * The metrics that the exporter makes of a health report, each with its help. Alerts and dashboards refer to them by these
 * names.
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export const reportMetrics = {
  up: {
    name: 'repoctl_up',
    help: 'Whether the last health report is recent and the cluster could be read: 1, else 0.',
  },
  complete: {
    name: 'repoctl_report_complete',
    help: 'Whether everything that was wanted could be read: 1, else 0.',
  },
  unreadable: { name: 'repoctl_report_unreadable_lists', help: 'Number of lists that could not be read.' },
  age: { name: 'repoctl_report_age_seconds', help: 'Seconds since the health report was made.' },
  duration: { name: 'repoctl_report_duration_seconds', help: 'Seconds that it took to judge the cluster.' },
  namespace: {
    name: 'repoctl_namespace_state',
    help: 'The state of a namespace: 1 for the one that holds, 0 for all others.',
  },
  resource: {
    name: 'repoctl_resource_state',
    help: 'The state of a service or workload: 1 for the one that holds, 0 for all others.',
  },
  problem: {
    name: 'repoctl_resource_problem',
    help: 'Always 1, for each service or workload that is not healthy. waiting_for names the one that is to blame.',
  },
  since: {
    name: 'repoctl_resource_problem_since_timestamp_seconds',
    help: 'Unix time at which a problem began, as far as Kubernetes remembers.',
  },
  ready: { name: 'repoctl_resource_ready', help: 'Number of ready pods, or of successful runs of a job.' },
  wanted: { name: 'repoctl_resource_wanted', help: 'Number of pods, or of successful runs, that are wanted.' },
  restarts: { name: 'repoctl_resource_restarts', help: 'Number of restarts of all containers of the current pods.' },
} as const;
