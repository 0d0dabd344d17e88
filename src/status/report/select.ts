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
  const tiers = report.tiers.filter((tier) => {
    if (scope === 'global') return tier.tier === 'global';
    return named.size === 0 || named.has(tier);
  });
  const here = new Set(tiers.flatMap(({ services }) => services.map(keyOf)));
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
