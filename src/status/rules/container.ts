import type { Container, ContainerStatus, Ended, Pod } from './objects.ts';

/** A container: what is asked of it, and what became of it. */
export interface ObservedContainer {
  readonly name: string;
  readonly spec: Container;
  readonly status: ContainerStatus;
  /** Whether it must end before the others start. One that keeps running beside them counts among the others. */
  readonly init: boolean;
  /** Whether it is started before the others and keeps running beside them. */
  readonly sidecar: boolean;
  /** Its place among those that must end, counted from 1, and how many there are: `1/3`. */
  readonly place?: string;
}

/** A pod's containers in the order in which they start. One that the kubelet has not reported yet has an empty status. */
export function containersOf({ spec, status }: Pod): ObservedContainer[] {
  const initial = spec.initContainers ?? [];
  const awaited = initial.filter(({ restartPolicy }) => restartPolicy !== 'Always');
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return [...initial, ...spec.containers].map((container) => {
    const { name } = container;
    const index = awaited.indexOf(container);
    return {
      name,
      spec: container,
      status: statuses.find((each) => each.name === name) ?? { name },
      init: index >= 0,
      sidecar: index < 0 && initial.includes(container),
      ...(index >= 0 && { place: `${index + 1}/${awaited.length}` }),
    };
  });
}

/** How a container last ended: now, or before it was started again. */
export const lastEnd = ({ status }: ObservedContainer): Ended | undefined =>
  status.state?.terminated ?? status.lastState?.terminated;

/** `container api`, `init container migrate (1/3)`, `sidecar proxy`. */
export function titleOf({ name, init, place, sidecar }: ObservedContainer): string {
  if (init) return `init container ${name} (${place})`;
  return sidecar ? `sidecar ${name}` : `container ${name}`;
}
