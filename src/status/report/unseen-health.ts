import { isForbidden, type Refusal, unknownHealth } from '../rules/absent.ts';
import { type Health, type Surroundings, verdict } from '../rules/verdict.ts';
import type { ReportedNamespace } from './expected.ts';

/** Kinds without which a namespace can't be judged, as they are called in a refusal. */
const essential: readonly string[] = ['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'];

/**
 * That a namespace can't be judged, since something of it could not be read: what was seen may be healthy, the rest is not
 * known. Where the configuration says which kinds there are, the others don't matter, but for pods: that a workload has as many
 * as it should does not say that they go on.
 */
export function unseenHealth(
  { name, planned, services, workloads }: ReportedNamespace,
  refusals: readonly Refusal[],
  moment: Pick<Surroundings, 'now' | 'context'>,
): Health | undefined {
  const kind = ({ resource }: Refusal) => resource.split('.')[0] ?? '';
  const missing = refusals.filter(
    (refusal) => essential.includes(kind(refusal)) && (refusal.namespace === undefined || refusal.namespace === name),
  );
  const [first] = missing;
  if (!first) return undefined;
  const refused = missing.filter(isForbidden);
  const all = essential.every((each) => refused.some((refusal) => kind(refusal) === each));
  const unanswered = missing.find((refusal) => !isForbidden(refusal));
  const expected = new Set(
    [...services, ...workloads].flatMap(({ controller }) => controller?.kind.toLowerCase() ?? []),
  );
  const matters = missing.some((refusal) => {
    const of = kind(refusal);
    return of === 'pods' || planned === undefined || expected.has(of.slice(0, -1));
  });
  if (!unanswered && !matters) return undefined;
  const { cause, advice } = unknownHealth({ ...(unanswered ?? first), namespace: name }, moment);
  const others = [...new Set(missing.map(({ resource }) => resource))].slice(1);
  const rest = others.length > 0 ? ` (nor ${others.join(', ')})` : '';
  return verdict('unknown', all ? 'Forbidden' : unanswered ? 'ApiError' : 'Incomplete', {
    cause: `${cause}${rest}; the rest is unknown`,
    advice,
  });
}
