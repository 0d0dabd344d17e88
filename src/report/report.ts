import { connect } from '../cluster/client.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { isProblem, severity } from '../health/verdict.ts';
import { type Item, judge } from '../lifecycle/judge.ts';
import { observe } from '../lifecycle/observe.ts';
import { globalTier, planned, projects, synthesized } from '../lifecycle/selection.ts';
import type { PlannedNamespace } from '../synth/plan.ts';

/** How a namespace of the environment is. */
export interface NamespaceReport {
  readonly name: string;
  readonly tier: 'global' | 'project';
  /** Whether anything of it was ever applied, or is left of it. */
  readonly deployed: boolean;
  readonly items: readonly Item[];
}

/** Which namespaces are reported. */
export type Scope = 'all' | 'global' | 'project';

/** The health of the global tier and of projects; the worst first. */
export async function healthReport(
  scope: Scope,
  names: readonly string[],
  options: ClusterOptions,
): Promise<NamespaceReport[]> {
  const { plan } = await synthesized();
  const chosen: readonly PlannedNamespace[] =
    scope === 'global'
      ? [globalTier(plan)]
      : names.length > 0
        ? names.map((name) => planned(plan, name))
        : [globalTier(plan), ...projects(plan)];
  const cluster = await connect(options);
  const observed = await observe(cluster, plan.environment);
  const surroundings = { now: new Date(), context: cluster.context };
  const all = judge(plan.namespaces, observed, surroundings);
  const reports = chosen.map((namespace) => {
    const items = all.filter((item) => item.namespace === namespace.name);
    const deployed = items.some(({ health }) => health.status !== 'missing');
    return { name: namespace.name, tier: namespace.tier, deployed, items };
  });
  return reports.sort((one, other) => worstOf(other) - worstOf(one));
}

/** A project that was never started is no trouble. */
const worstOf = ({ deployed, items }: NamespaceReport): number =>
  deployed ? Math.max(0, ...items.map(({ health }) => severity(health))) : 0;

/** Whether everything that was started is as it should be. */
export const isWell = (reports: readonly NamespaceReport[]): boolean =>
  reports.every(
    ({ deployed, items }) =>
      !deployed || items.every(({ health }) => !isProblem(health) && health.status !== 'progressing'),
  );
