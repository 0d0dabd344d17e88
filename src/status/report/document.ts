import { statusReportVersion } from '../../../charts/common/api-versions.ts';
import { unknownHealth } from '../rules/absent.ts';
import type { Health } from '../rules/verdict.ts';
import { ownClusterName, type Report, type ServiceReport, type TierReport } from './report.ts';
import type { StatusDocument } from './schema.ts';

/** Since when a live report is not what is, and why. */
export interface Staleness {
  readonly since: Date;
  readonly message: string;
}

/** A report as data, as the published schema has it. */
export function statusDocument(report: Report, stale?: Staleness): StatusDocument {
  const { context, environment, at, complete } = report;
  const named = context === ownClusterName ? undefined : context;
  return {
    apiVersion: statusReportVersion,
    kind: 'StatusReport',
    context,
    environment,
    at: at.toISOString(),
    complete,
    unseen: report.unseen.map(({ verb, resource, namespace, code, message }) => {
      const { advice } = unknownHealth({ verb, resource, namespace, code, message }, { now: at, context: named });
      return { verb, resource, namespace, code, message, advice: commandsOf(advice) };
    }),
    stale: stale && { since: stale.since.toISOString(), message: stale.message },
    causes: report.causes.map(({ object, health, victims }) => ({
      object,
      status: health.status,
      ...healthFields(health),
      victims: [...victims],
    })),
    tiers: report.tiers.map(tierFields),
    history: report.history && { ...report.history, happenings: [...report.history.happenings] },
  };
}

/**
 * A command line as the arguments that a shell makes of it, as far as advice goes: words between spaces, and texts in
 * single quotes.
 *
 * @example words(`kubectl get pod -o 'a b'`) // ['kubectl', 'get', 'pod', '-o', 'a b']
 */
export const words = (line: string): string[] =>
  (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll(/'([^']*)'/g, '$1'));

const commandsOf = (advice: string | undefined) => (advice === undefined ? [] : [{ command: words(advice) }]);

const healthFields = ({ reason, cause, advice, terminal, since }: Health) => ({
  reason,
  cause,
  since,
  advice: commandsOf(advice),
  terminal,
});

function tierFields(tier: TierReport): StatusDocument['tiers'][number] {
  const { name, project, environment, configured, status, health, services, foreign } = tier;
  return {
    namespace: name,
    tier: tier.tier,
    project,
    environment,
    configured,
    status,
    ...(health && {
      reason: health.reason,
      cause: health.cause,
      since: health.since,
      advice: commandsOf(health.advice),
    }),
    services: services.map((each) => serviceFields(each, name)),
    foreign: [...foreign],
  };
}

function serviceFields(service: ServiceReport, tier: string): StatusDocument['tiers'][number]['services'][number] {
  const { name, object, kind, health, ready, wanted, restarts, createdAt, planned, security, log, warnings } = service;
  const { status, warning, waitingFor, pod } = health;
  const { namespace } = service;
  return {
    ...(namespace !== tier && { namespace }),
    name,
    object,
    kind,
    status,
    ...healthFields(health),
    warning,
    waitingFor,
    pod,
    ready,
    wanted,
    restarts,
    createdAt,
    planned,
    security,
    log: log && { ...log, lines: [...log.lines] },
    warnings: warnings && [...warnings],
  };
}
