import { reportMetrics } from '../../charts/common/report-metrics.ts';
import type { Report, ServiceReport, TierReport } from '../status/report/report.ts';
import { statuses } from '../status/rules/verdict.ts';
import type { MetricFamily, Sample } from './exposition.ts';

/** A health report, as the exporter keeps it. */
export interface KeptReport {
  readonly report: Report;
  /** Milliseconds of a clock that never jumps, as `performance.now()`. */
  readonly madeAt: number;
  /** How long it took to judge the cluster. */
  readonly seconds: number;
}

type Metric = keyof typeof reportMetrics;

const family = (metric: Metric, samples: readonly Sample[]): MetricFamily => ({ ...reportMetrics[metric], samples });

/** What tells the exporter itself. */
export const ownFamilies = (
  environment: string | undefined,
  up: boolean,
  ageSeconds: number | undefined,
): MetricFamily[] => [
  family('up', [{ labels: { environment }, value: Number(up) }]),
  family(
    'age',
    ageSeconds === undefined ? [] : [{ labels: { environment }, value: Math.round(ageSeconds * 1000) / 1000 }],
  ),
];

/** What a report becomes. Nothing of it is healthy that was not seen: what can't be judged is `unknown`. */
export function reportFamilies({ report, seconds }: KeptReport): MetricFamily[] {
  const labels = { environment: report.environment };
  const services = report.tiers.flatMap((tier) => tier.services.map((service) => ({ tier, service })));
  const of = (metric: Metric, samples: (service: ServiceReport, labels: Sample['labels']) => readonly Sample[]) =>
    family(
      metric,
      services.flatMap(({ tier, service }) => samples(service, serviceLabels(tier, service))),
    );
  return [
    family('complete', [{ labels, value: Number(report.complete) }]),
    family('unreadable', [{ labels, value: report.unseen.length }]),
    family('duration', [{ labels, value: Math.round(seconds * 1000) / 1000 }]),
    family(
      'namespace',
      report.tiers.flatMap((tier) =>
        [...statuses, 'not-started'].map((state) => ({
          labels: { ...tierLabels(tier), state },
          value: Number(tier.status === state),
        })),
      ),
    ),
    of('resource', ({ health }, labels) =>
      statuses.map((state) => ({ labels: { ...labels, state }, value: Number(health.status === state) })),
    ),
    of('problem', (service, labels) => (isWell(service) ? [] : [{ labels: problemLabels(service, labels), value: 1 }])),
    of('since', (service, labels) => {
      const since = Date.parse(service.health.since ?? '') / 1000;
      return isWell(service) || Number.isNaN(since) ? [] : [{ labels, value: since }];
    }),
    of('ready', ({ ready }, labels) => (ready === undefined ? [] : [{ labels, value: ready }])),
    of('wanted', ({ wanted }, labels) => (wanted === undefined ? [] : [{ labels, value: wanted }])),
    of('restarts', ({ restarts }, labels) => [{ labels, value: restarts }]),
  ];
}

const isWell = ({ health }: ServiceReport): boolean => health.status === 'healthy' || health.status === 'stopped';

/** A namespace's labels; `tier` tells the global tier from projects. */
const tierLabels = ({ name, tier, project, environment }: TierReport) => ({
  environment,
  namespace: name,
  tier,
  project,
});

const serviceLabels = (tier: TierReport, { namespace, object, kind }: ServiceReport) => ({
  ...tierLabels(tier),
  namespace,
  resource: object,
  kind,
});

const problemLabels = ({ health }: ServiceReport, labels: Sample['labels']) => ({
  ...labels,
  state: health.status,
  reason: health.reason,
  waiting_for: health.waitingFor,
});
