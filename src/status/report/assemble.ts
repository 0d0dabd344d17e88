import { labelKeys, realProfile } from '../../../charts/common/labels.ts';
import { type Item, judge } from '../assessment/judge.ts';
import { type Health, severity, verdict, worst } from '../rules/verdict.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type ExpectedEnvironment, expectedNamespaces, isOwn, type ReportedNamespace } from './expected.ts';
import { factsOf } from './facts.ts';
import { foreignObjects } from './foreign.ts';
import { groupBy } from './group.ts';
import { terminatingHealth } from './namespace-state.ts';
import {
  keyOf,
  ownClusterName,
  type Report,
  type RootCause,
  type ServiceReport,
  type TierReport,
  type TierStatus,
} from './report.ts';
import { unseenHealth } from './unseen-health.ts';

/**
 * A snapshot judged: all tiers, whichever of them are asked for.
 *
 * @param context that the commands in advice name. @default they name none: the cluster is the one that the report is made in
 */
export function assemble(plan: ExpectedEnvironment | undefined, snapshot: Snapshot, context?: string): Report {
  const namespaces = expectedNamespaces(plan, snapshot);
  const moment = { now: snapshot.now, context };
  const judgedAll = judge(namespaces, snapshot, moment);
  const items = groupBy(
    judgedAll.filter(({ role }) => role === undefined),
    ({ namespace }) => namespace,
  );
  const foreign = foreignObjects(snapshot, plan?.environment);
  const kept = new Set(
    [...snapshot.workloads, ...snapshot.pods, ...snapshot.claims]
      .filter(({ metadata }) => isOwn(metadata.labels, plan?.environment))
      .map(({ metadata }) => metadata.namespace),
  );
  const tiers = namespaces.map((namespace): TierReport => {
    const object = snapshot.namespaces.find(({ metadata }) => metadata.name === namespace.name);
    const health = (object && terminatingHealth(object, moment)) ?? unseenHealth(namespace, snapshot.refusals, moment);
    const stopped = object?.metadata.labels?.[labelKeys.stopped] !== undefined;
    const judged = (items.get(namespace.name) ?? [])
      .map((item) => serviceReport(item, namespace))
      .map((each) => (stopped && each.health.status === 'missing' ? takenDown(each) : each));
    // What is missing in a namespace that goes, or of which nothing is there, needs no telling.
    const goes = object?.metadata.deletionTimestamp !== undefined;
    const services = goes ? judged.filter((each) => each.health.status !== 'missing') : judged;
    const started = kept.has(namespace.name) || judged.some((each) => each.health.status !== 'missing');
    const { name, tier, project, directory, labels } = namespace;
    const configured = plan?.namespaces.some((each) => each.name === name);
    return {
      name,
      tier,
      project,
      directory,
      realProfile: realProfile(labels),
      configured,
      status: statusOf(started || judged.length === 0, health, services),
      health,
      services: services.toSorted(worstFirst),
      foreign: foreign(name),
      environment: labels[labelKeys.partOf],
    };
  });
  const parts = judgedAll.filter(({ role }) => role !== undefined).map((item) => serviceReport(item));
  const all = [...(parts.length > 0 ? [clusterTier(parts)] : []), ...tiers];
  return {
    context: context ?? ownClusterName,
    environment: plan?.environment,
    at: snapshot.now,
    complete: snapshot.refusals.length === 0,
    readAnything: snapshot.readAnything,
    unseen: snapshot.refusals,
    tiers: all.toSorted(worstTierFirst),
    causes: rootCauses(all),
  };
}

/** What the cluster lacks, as a tier of its own. */
const clusterTier = (services: readonly ServiceReport[]): TierReport => ({
  name: 'cluster',
  tier: 'cluster',
  status: worst(services.map((each) => each.health))?.status ?? 'healthy',
  services: services.toSorted(worstFirst),
  foreign: [],
});

function serviceReport(item: Item, { planned, directory }: Partial<ReportedNamespace> = {}): ServiceReport {
  const { namespace, object } = item;
  const isPlanned = planned?.has(object);
  // Of a whole namespace it is said once.
  const extra = isPlanned === false && directory !== undefined && item.health.status === 'healthy';
  return {
    namespace,
    name: item.planned.name,
    object,
    kind: item.planned.controller?.kind ?? '',
    health: extra ? { ...item.health, warning: 'not in the configuration' } : item.health,
    ...factsOf(item),
    planned: isPlanned,
    security: item.planned.security,
  };
}

/** Without its workloads by `stop`, which is no lack. */
const takenDown = (service: ServiceReport): ServiceReport => ({
  ...service,
  health: verdict('stopped', 'TakenDown', { advice: service.health.advice }),
});

function statusOf(started: boolean, health: Health | undefined, services: readonly ServiceReport[]): TierStatus {
  const all = [...(health ? [health] : []), ...services.map((each) => each.health)];
  if (!started && !health) return 'not-started';
  // A job that is done beside services that are stopped does not make a tier run.
  if (all.some(({ status }) => status === 'stopped') && all.every(isAtRest)) return 'stopped';
  // Nor does a schedule that is suspended stop one.
  const running = all.filter(({ reason }) => reason !== 'Suspended');
  return worst(running.length > 0 ? running : all)?.status ?? 'healthy';
}

const isAtRest = ({ status, reason }: Health): boolean =>
  status === 'stopped' || (status === 'healthy' && (reason === 'Complete' || reason === 'Bound'));

/** Among equals what others wait for comes before those that wait. */
const worstFirst = (one: ServiceReport, other: ServiceReport): number =>
  severity(other.health) - severity(one.health) ||
  Number(one.health.waitingFor !== undefined) - Number(other.health.waitingFor !== undefined) ||
  (one.object < other.object ? -1 : 1);

const rank = ({ status }: TierReport): number => (status === 'not-started' ? -1 : severity({ status }));

const worstTierFirst = (one: TierReport, other: TierReport): number =>
  Number(other.tier === 'cluster') - Number(one.tier === 'cluster') ||
  rank(other) - rank(one) ||
  Number(other.tier === 'global') - Number(one.tier === 'global') ||
  (one.name < other.name ? -1 : 1);

/** The root causes that others wait for, the one with the most victims first. */
export function rootCauses(tiers: readonly TierReport[]): RootCause[] {
  const services = tiers.flatMap((tier) => tier.services);
  const waiting = services.filter(({ health }) => health.waitingFor !== undefined && health.status !== 'healthy');
  const victims = groupBy(waiting, ({ health }) => health.waitingFor ?? '');
  return services
    .flatMap((service): RootCause[] => {
      const of = victims.get(keyOf(service))?.filter((each) => each !== service) ?? [];
      const { health } = service;
      const blocks = of.length > 0 && health.status !== 'healthy';
      return blocks ? [{ object: keyOf(service), health, victims: of.map(keyOf).sort() }] : [];
    })
    .sort((one, other) => other.victims.length - one.victims.length || severity(other.health) - severity(one.health));
}
