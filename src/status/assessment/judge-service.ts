import { labelKeys } from '../../../charts/common/labels.ts';
import { health } from '../rules/health.ts';
import type { EndpointSlice, Meta, Pod } from '../rules/objects.ts';
import { missingService } from '../rules/service.ts';
import { type Health, isProblem, type Surroundings, worst } from '../rules/verdict.ts';

/** The label by which a slice names its Service. */
const serviceName = 'kubernetes.io/service-name';

/** A workload whose pods are well. */
interface Served {
  readonly object: string;
  /** Of its controller. */
  readonly metadata: Meta;
  readonly pods: readonly Pod[];
  /** Whether the plan has a Service for it; unknown without a plan. */
  readonly wanted: boolean;
}

/**
 * What is wrong with the Services that should lead to a workload's pods; `undefined` if nothing is.
 *
 * @param slices of the namespace
 */
export function judgeServices(
  { object, metadata, pods, wanted }: Served,
  slices: readonly EndpointSlice[],
  moment: Pick<Surroundings, 'now' | 'context'>,
): Health | undefined {
  // Argo CD may put its application's name where a Service says to what it belongs.
  const own = slices.filter(
    ({ metadata: { labels = {} } }) => labels[labelKeys.instance] === object || labels[serviceName] === object,
  );
  const names = [...new Set(own.map((slice) => slice.metadata.labels?.[serviceName] ?? object))];
  const of = (name: string): Meta => ({ name, namespace: metadata.namespace, labels: metadata.labels });
  if (names.length === 0) return wanted ? missingService(of(object), moment) : undefined;
  const judged = names.map((name) => {
    const its = own.filter((slice) => (slice.metadata.labels?.[serviceName] ?? object) === name);
    // A slice that can't be read may be the one that leads to its pods.
    const unreadable = its.find((slice) => slice.metadata.unreadable)?.metadata.unreadable;
    return health({ kind: 'Service', metadata: { ...of(name), unreadable }, slices: its }, { ...moment, pods });
  });
  const found = worst(judged);
  return found && (isProblem(found) || found.status === 'progressing') ? found : undefined;
}
