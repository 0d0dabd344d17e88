import { labelKeys, realProfile } from '../../../charts/common/labels.ts';
import { serviceKinds, workloadKinds } from '../../../charts/kinds.ts';
import type { PlannedNamespace } from '../../synth/plan.ts';
import { commands } from '../rules/commands.ts';
import type { Pod } from '../rules/objects.ts';
import type { Target } from './check.ts';

export type PlannedParts = Pick<PlannedNamespace, 'name' | 'services' | 'workloads'> &
  Partial<Pick<PlannedNamespace, 'labels'>>;

/** The kind of a pod's service or workload by its labels, for what no configuration describes. */
function kindByLabels({ metadata, spec }: Pod): string {
  const component = metadata.labels?.[labelKeys.component];
  const [container] = spec.containers;
  const kinds = Object.entries({ ...serviceKinds, ...workloadKinds })
    .filter(([, kind]) => kind.component === component)
    .map(([name]) => name);
  if (kinds.includes('celery-worker'))
    return container?.startupProbe?.exec?.command?.some((word) => word.includes('/repoctl/heartbeat'))
      ? 'celery-worker'
      : 'worker';
  // Containers of services are called like their kinds.
  return (kinds.length > 1 ? kinds.find((kind) => kind === container?.name) : kinds[0]) ?? '';
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false);

/**
 * The ready pods of namespaces, with what is planned of them.
 *
 * @param context of the kubeconfig, for the commands in advice
 */
export function targetsOf(namespaces: readonly PlannedParts[], pods: readonly Pod[], context: string): Target[] {
  return namespaces.flatMap(({ name: namespace, labels, services, workloads }) => {
    const planned = new Map([...services, ...workloads].map((each) => [each.object, each]));
    return pods
      .filter((pod) => pod.metadata.namespace === namespace && isReady(pod))
      .flatMap((pod) => {
        const object = pod.metadata.labels?.[labelKeys.instance];
        const [container] = pod.spec.containers;
        if (object === undefined || container === undefined) return [];
        const known = planned.get(object);
        const kind = known?.kind ?? kindByLabels(pod);
        const servicePorts = known?.ports.map(({ port }) => port);
        const run = commands(pod.metadata, { now: new Date(0), context, realProfile: realProfile(labels) });
        return { namespace, object, kind, pod, container, servicePorts, pods, run };
      });
  });
}
