import { UsageError } from '../../platform/errors.ts';
import { suggestion } from '../../platform/nearest.ts';
import { keyOf, type Report, type TierReport } from './report.ts';

/** Which namespaces are reported. */
export type Scope = 'all' | 'global' | 'project';

/**
 * The part of a report that was asked for. Root causes stay that hold up something in it.
 *
 * @param names projects, as people call them: short name, folder, or the folder's name
 * @throws UsageError if there is no such project
 */
export function selected(report: Report, scope: Scope, names: readonly string[]): Report {
  const projects = report.tiers.filter(({ tier }) => tier === 'project');
  const named = new Set(names.map((name) => findTier(projects, name)));
  const wanted = report.tiers.filter((tier) => {
    if (tier.tier === 'cluster') return false;
    if (scope === 'global') return tier.tier === 'global';
    return named.size === 0 || named.has(tier);
  });
  const here = new Set(wanted.flatMap(({ services }) => services.map(keyOf)));
  const tiers = [...report.tiers.flatMap((tier) => clusterFor(tier, report, here)), ...wanted];
  const places = new Set(tiers.map(({ name }) => name));
  const unseen = report.unseen.filter(({ namespace }) => namespace === undefined || places.has(namespace));
  return {
    ...report,
    tiers,
    unseen,
    complete: unseen.length === 0,
    causes: report.causes.filter(({ object, victims }) => here.has(object) || victims.some((each) => here.has(each))),
  };
}

/** Of the cluster what the others suffer from that were asked for, and what everybody does. */
function clusterFor(tier: TierReport, { causes }: Report, here: ReadonlySet<string>): TierReport[] {
  if (tier.tier !== 'cluster') return [];
  const victims = new Map(causes.map((cause) => [cause.object, cause.victims]));
  const services = tier.services.filter((each) => victims.get(keyOf(each))?.some((of) => here.has(of)) ?? true);
  return services.length > 0 ? [{ ...tier, services }] : [];
}

function findTier(tiers: readonly TierReport[], given: string): TierReport {
  const wanted = given.replace(/\/+$/, '');
  const found = tiers.find(({ name, project, directory }) =>
    [name, project, directory, directory?.split('/').at(-1)].includes(wanted),
  );
  if (found) return found;
  const names = tiers.map(({ name }) => name);
  throw new UsageError(
    names.length > 0 ? `no project "${given}"; ${suggestion(wanted, names)}` : `no project "${given}"; there are none`,
    'repoctl infra list lists those of the configuration, repoctl status those of the cluster',
  );
}
