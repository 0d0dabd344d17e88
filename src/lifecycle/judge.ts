import { labelKeys } from '../../charts/common/labels.ts';
import { missingHealth } from '../health/absent.ts';
import { health } from '../health/health.ts';
import type { Job, Pod, Workload } from '../health/objects.ts';
import { withRootCause } from '../health/root-cause.ts';
import type { Health, Surroundings } from '../health/verdict.ts';
import type { PlannedNamespace, PlannedWorkload } from '../synth/plan.ts';
import type { Observed } from './observe.ts';

/** A service or workload and how it is. */
export interface Item {
  readonly namespace: string;
  readonly object: string;
  readonly health: Health;
}

type Moment = Pick<Surroundings, 'now' | 'context'>;

/**
 * How the services and workloads are that namespaces should run in the cluster. What waits for something that is not
 * healthy itself has that one's cause.
 */
export function judge(namespaces: readonly PlannedNamespace[], observed: Observed, moment: Moment): Item[] {
  const items = namespaces.flatMap((namespace) =>
    [...namespace.services, ...namespace.workloads]
      .filter(({ controller }) => controller)
      .map((workload) => ({
        namespace: namespace.name,
        object: workload.object,
        health: judgeWorkload(namespace, workload, observed, moment),
      })),
  );
  const key = ({ namespace, object }: Item) => `${namespace}/${object}`;
  const healths = new Map(items.map((item) => [key(item), item.health]));
  return items.map((item) => ({ ...item, health: withRootCause(key(item), healths) ?? item.health }));
}

function judgeWorkload(
  namespace: PlannedNamespace,
  { object, controller, after }: PlannedWorkload,
  { namespaces, nodes, workloads, pods, events, claims }: Observed,
  moment: Moment,
): Health {
  const here = <Type extends { readonly metadata: { readonly namespace?: string } }>(all: readonly Type[]) =>
    all.filter(({ metadata }) => metadata.namespace === namespace.name);
  const found = here(workloads).find(
    ({ kind, metadata }) => kind === controller?.kind && metadata.name === controller.name,
  );
  if (!found)
    return missingHealth(
      { namespace: namespace.name, labels: namespace.labels },
      namespaces.includes(namespace.name),
      moment,
    );
  return health(found, {
    ...moment,
    after,
    nodes,
    events: here(events),
    claims: here(claims),
    pods: here(pods).filter((pod) => belongs(pod, found, object)),
    jobs: here(workloads).filter((each): each is Job => each.kind === 'Job' && ownedBy(each, found)),
  });
}

const ownedBy = (object: Pick<Pod, 'metadata'>, { kind, metadata }: Workload): boolean =>
  (object.metadata.ownerReferences ?? []).some((owner) => owner.kind === kind && owner.name === metadata.name);

/** A job's pods are only told from those of an earlier one of another hash by their owner. */
const belongs = (pod: Pod, workload: Workload, object: string): boolean =>
  workload.kind === 'Job' ? ownedBy(pod, workload) : pod.metadata.labels?.[labelKeys.instance] === object;
