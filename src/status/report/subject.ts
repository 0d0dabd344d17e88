import type { ProfileName } from '../../../charts/model.ts';
import type { Cluster } from '../../cluster/client.ts';
import { connect } from '../../cluster/connect.ts';
import { type ClusterOptions, inClusterContext } from '../../cluster/kubeconfig.ts';
import { ConfigurationError } from '../../config/problem.ts';
import { findRoot } from '../../config/root.ts';
import { UsageError } from '../../platform/errors.ts';
import type { Plan } from '../../synth/plan.ts';
import { missesPods } from '../assessment/blame-all.ts';
import { suspects } from '../assessment/judge.ts';
import type { DeepFinding } from '../deep/finding.ts';
import { isProblem } from '../rules/verdict.ts';
import { readSnapshot, type View } from '../snapshot/read-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { assemble } from './assemble.ts';
import { type ExpectedEnvironment, viewOf } from './expected.ts';
import { lastWords } from './last-words.ts';
import type { Report } from './report.ts';
import { type Scope, selected } from './select.ts';

/** What a report is about, and where. */
export interface Subject {
  /** What is wrong with the configuration: the report goes by the labels then, as without one. */
  readonly problem?: ConfigurationError;
  readonly cluster: Cluster;
  readonly view: View;
  /** Asks services in their own protocols; nobody, unless that was asked for. */
  readonly findings: (snapshot: Snapshot) => Promise<readonly DeepFinding[]>;
  /** Judges what was seen, and takes what was asked for. */
  readonly judge: (snapshot: Snapshot) => Report;
  /** Whether something of it must be there, rather than only not be broken. */
  readonly mustRun: (tier: { readonly name: string; readonly tier: string }) => boolean;
}

export interface SubjectOptions extends ClusterOptions {
  readonly profile?: ProfileName;
  /** Ask services in their own protocols. @default false */
  readonly deep?: boolean;
  /** What should be there. @default what the configuration plans */
  readonly expected?: ExpectedEnvironment;
}

/**
 * What was asked for: with a configuration what it plans, without one what carries the labels.
 *
 * @throws UsageError if there is no such context
 */
export async function subjectOf(scope: Scope, names: readonly string[], options: SubjectOptions): Promise<Subject> {
  const [{ plan, planned, problem }, cluster] = await Promise.all([
    planHere(options.profile, options.expected),
    connect(options),
  ]);
  const context = cluster.context === inClusterContext ? undefined : cluster.context;
  const asked = new Set<string>();
  return {
    problem,
    cluster,
    view: plan ? viewOf(plan) : { known: [...new Set(names)] },
    findings: async (snapshot) => {
      if (!options.deep) return [];
      const { deepChecks } = await import('../deep/deep-checks.ts');
      const unplanned = snapshot.namespaces.map(({ metadata }) => ({
        name: metadata.name,
        labels: metadata.labels,
        services: [],
        workloads: [],
      }));
      return deepChecks(cluster, planned?.namespaces ?? unplanned, snapshot.pods);
    },
    judge: (snapshot) => {
      const report = selected(assemble(plan, snapshot, context), scope, names);
      if (names.length > 0) for (const { name } of report.tiers) asked.add(name);
      return report;
    },
    mustRun: ({ name, tier }) => asked.has(name) || tier === 'global',
  };
}

/** The plan of the configuration that the working folder belongs to; none if it belongs to none, or if that is wrong. */
async function planHere(
  profile?: ProfileName,
  expected?: ExpectedEnvironment,
): Promise<{ plan?: ExpectedEnvironment; planned?: Plan; problem?: ConfigurationError }> {
  if (expected) return { plan: expected };
  try {
    findRoot(process.cwd());
  } catch (error) {
    if (error instanceof UsageError) return {};
    throw error;
  }
  const { synthesized } = await import('../../synth/plan-queries.ts');
  try {
    const { plan } = await synthesized(profile, { development: false, runCharts: false });
    return { plan, planned: plan };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problem: error };
    throw error;
  }
}

/** What a report has beside the verdicts. */
export interface Details {
  /** How many of the last lines of what is not healthy. @default none */
  readonly logs?: number;
  /** Since when what happened is told. @default it isn't */
  readonly since?: Date;
}

/** Reads the cluster once and judges it. */
export async function look(subject: Subject, details: Details = {}): Promise<Report> {
  const { cluster, view, findings, judge } = subject;
  const happenings = details.since !== undefined;
  let first: { readonly snapshot: Snapshot; readonly report: Report } | undefined;
  const needsCauses = (snapshot: Snapshot) => {
    first = { snapshot, report: judge(snapshot) };
    // A part of the cluster that is not well may harm what looks healthy.
    if (needsEvents(first.report) || missesPods(snapshot)) return true;
    return suspects(snapshot, { now: snapshot.now, context: cluster.context }).length > 0;
  };
  const snapshot = await readSnapshot(cluster, view, needsCauses, { happenings });
  const found = await findings(snapshot);
  const seen = found.length > 0 ? { ...snapshot, findings: found } : snapshot;
  const report = first?.snapshot === seen ? first.report : judge(seen);
  const lastLines = await lastWords(cluster, report, snapshot);
  return withDetails(subject, lastLines.size > 0 ? judge({ ...seen, lastLines }) : report, seen, details);
}

/** A report with what was asked for beside how things are. */
export async function withDetails(
  { cluster }: Pick<Subject, 'cluster'>,
  report: Report,
  snapshot: Snapshot,
  { logs, since }: Details,
): Promise<Report> {
  if (logs === undefined && since === undefined) return report;
  const { withLogs } = await import('./failing-logs.ts');
  const told = logs === undefined ? report : await withLogs(cluster, report, snapshot, logs);
  if (since === undefined) return told;
  const { historyOf } = await import('./history.ts');
  const namespaces = new Set(told.tiers.map(({ name }) => name));
  return { ...told, history: historyOf(snapshot, namespaces, since) };
}

/** Whether anything is a problem or still in progress. */
const needsEvents = ({ tiers }: Report): boolean =>
  tiers.some(({ services }) => services.some(({ health }) => isProblem(health) || health.status === 'progressing'));
