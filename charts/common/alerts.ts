import { reportMetrics } from './report-metrics.ts';

/** An alert on the health report of an environment. A new one is a row of `alerts`. */
export interface Alert {
  readonly name: string;
  readonly severity: 'critical' | 'warning';
  /** How long it has to hold. */
  readonly for: string;
  /**
   * What holds, in PromQL.
   *
   * @param matchers of the environment, to which an alert adds its own: `environment="shop"`
   */
  readonly expr: (matchers: string) => string;
  readonly summary: string;
  /** What it means, then what to type. */
  readonly description: string;
}

const { up, complete, problem, namespace } = reportMetrics;

/** Reasons with an alert of their own. */
const told = [
  ...['Flapping', 'MissedRun', 'RunStuck', 'LastRunFailed', 'InvalidSchedule'],
  ...['BackupFailed', 'BackupOld', 'BackupCheckFailed', 'BackupCheckOld'],
];

const what = '{{ $labels.kind }} {{ $labels.resource }} in namespace {{ $labels.namespace }}';
// Asked for when it fires: with the reason in an alert's labels its time would start again with each reason, such as those that
// the kubelet gives in turns while it can't pull an image.
const why =
  `Reason: {{ range query (printf "${problem.name}{namespace=%q,resource=%q,kind=%q} == 1" ` +
  '$labels.namespace $labels.resource $labels.kind) }}{{ .Labels.reason }}{{ end }}.';
const ask =
  'Type: repoctl status{{ if $labels.project }} {{ $labels.project }}{{ end }} --logs. ' +
  'Or: kubectl -n {{ $labels.namespace }} describe {{ $labels.kind | toLower }}/{{ $labels.resource }}';

/** What waits for something else that is broken is left to the alert on that. */
const cause = 'waiting_for=""';

const problems = (matchers: string, ...own: string[]): string =>
  `max without (reason, instance, pod) (${problem.name}{${[matchers, cause, ...own].filter(Boolean).join(',')}}) == 1`;

const only = (...reasons: string[]) => `reason=~"${reasons.join('|')}"`;

/** The states of the health report that somebody has to be told of. */
export const alerts: readonly Alert[] = [
  {
    name: 'RepoctlReportMissing',
    severity: 'critical',
    for: '5m',
    expr: (matchers) => `absent(${up.name}{${matchers}}) or max(${up.name}{${matchers}}) == 0`,
    summary: 'No health report of environment {{ENVIRONMENT}}',
    description:
      'The exporter does not run, is not scraped, or can’t read the cluster: nothing else is known while this lasts. ' +
      'Type: kubectl -n {{ENVIRONMENT}} logs deployment/{{EXPORTER}}',
  },
  {
    name: 'RepoctlReportIncomplete',
    severity: 'warning',
    for: '15m',
    expr: (matchers) => `min(${complete.name}{${matchers}}) == 0`,
    summary: 'The health report of environment {{ENVIRONMENT}} is incomplete',
    description:
      'The exporter may not read everything; what it can’t see is unknown. ' +
      'Type: kubectl auth can-i --list --as system:serviceaccount:{{ENVIRONMENT}}:{{EXPORTER}}',
  },
  {
    name: 'RepoctlResourceDegraded',
    severity: 'critical',
    for: '5m',
    expr: (matchers) => problems(matchers, 'state=~"degraded|failed"', `reason!~"${told.join('|')}"`),
    summary: `${what} is {{ $labels.state }}`,
    description: `${why} ${ask}`,
  },
  {
    name: 'RepoctlResourceMissing',
    severity: 'critical',
    for: '5m',
    expr: (matchers) => problems(matchers, 'state="missing"'),
    summary: `${what} is missing`,
    description: `It should run, and is not there. ${ask}`,
  },
  {
    name: 'RepoctlResourceUnknown',
    severity: 'warning',
    for: '10m',
    expr: (matchers) => problems(matchers, 'state="unknown"'),
    summary: `${what} can't be judged`,
    description: `${why} ${ask}`,
  },
  {
    name: 'RepoctlResourceStuck',
    severity: 'warning',
    for: '30m',
    expr: (matchers) => problems(matchers, 'state="progressing"'),
    summary: `${what} has been starting for half an hour`,
    description: `${why} ${ask}`,
  },
  {
    name: 'RepoctlResourceFlapping',
    severity: 'warning',
    for: '5m',
    expr: (matchers) => problems(matchers, only('Flapping')),
    summary: `${what} is restarted over and over`,
    description: `It becomes ready, and ends again and again. ${ask}`,
  },
  {
    name: 'RepoctlCronJobMissed',
    severity: 'warning',
    for: '5m',
    expr: (matchers) => problems(matchers, only('MissedRun', 'RunStuck', 'InvalidSchedule')),
    summary: `${what} did not run when it was due`,
    description: `${why} ${ask}`,
  },
  {
    name: 'RepoctlCronJobFailed',
    severity: 'warning',
    for: '5m',
    expr: (matchers) => problems(matchers, only('LastRunFailed')),
    summary: `The last run of ${what} did not succeed`,
    description: ask,
  },
  {
    name: 'RepoctlBackupFailed',
    severity: 'critical',
    for: '5m',
    expr: (matchers) => problems(matchers, only('BackupFailed', 'BackupCheckFailed')),
    summary: `The last run of ${what} failed`,
    description: `${why} ${ask}`,
  },
  {
    name: 'RepoctlBackupOld',
    severity: 'critical',
    for: '5m',
    expr: (matchers) => problems(matchers, only('BackupOld', 'BackupCheckOld')),
    summary: `The newest good run of ${what} is old`,
    description: `What was written since can't be restored, or nobody knows that it can. ${ask}`,
  },
  {
    name: 'RepoctlNamespaceUnknown',
    severity: 'warning',
    for: '10m',
    expr: (matchers) => `${namespace.name}{${[matchers, 'state="unknown"'].join(',')}} == 1`,
    summary: 'Namespace {{ $labels.namespace }} can’t be judged',
    description: 'Type: repoctl status{{ if $labels.project }} {{ $labels.project }}{{ end }}',
  },
];

/** Groups of rules, as Prometheus and a PrometheusRule have them. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly object[];
}

/**
 * The alerts of an environment.
 *
 * @param environment its global tier's namespace
 * @param exporter name of the exporter's Deployment
 */
export function ruleGroups(environment: string, exporter: string): RuleGroup[] {
  const matchers = `environment="${environment}"`;
  const own = (text: string) => text.replaceAll('{{ENVIRONMENT}}', environment).replaceAll('{{EXPORTER}}', exporter);
  return [
    {
      name: `repoctl-${environment}`,
      rules: alerts.map(({ name, severity, for: duration, expr, summary, description }) => ({
        alert: name,
        expr: expr(matchers),
        for: duration,
        labels: { severity, environment },
        annotations: { summary: own(summary), description: own(description) },
      })),
    },
  ];
}
